// RFC 3597: data of types nobody here knows is taken and kept as it is.
#include <gtest/gtest.h>

#include <string>

#include "dns/rdata/record_data.h"

namespace quartet::dns {
namespace {

constexpr Type kUnknown = static_cast<Type>(65280);

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(Rfc3597, Section3UnknownDataIsOpaque) {
  for (const std::string& wire : {std::string(), std::string("\xc0\x0c", 2), std::string("\0\xff\3www", 6)}) {
    const absl::StatusOr<RecordData> data = RecordData::FromWire(kUnknown, Bytes(wire));
    ASSERT_TRUE(data.ok());
    EXPECT_EQ(std::string(data->wire().begin(), data->wire().end()), wire);
    EXPECT_TRUE(data->Names().empty());
  }
}

TEST(Rfc3597, Section3DataOf65535OctetsIsTheLongest) {
  EXPECT_TRUE(RecordData::FromWire(kUnknown, Bytes(std::string(65535, 'x'))).ok());
  EXPECT_FALSE(RecordData::FromWire(kUnknown, Bytes(std::string(65536, 'x'))).ok());
}

TEST(Rfc3597, Section6UnknownDataComparesByOctetsCaseIncluded) {
  const auto of = [](const std::string& wire) { return RecordData::FromWire(kUnknown, Bytes(wire)).value(); };
  EXPECT_EQ(of("abc"), of("abc"));
  EXPECT_FALSE(of("abc") == of("ABC"));
  EXPECT_EQ(of("ABC").Canonical(), "ABC");
}

}  // namespace
}  // namespace quartet::dns
