// Two octets of type, then any bytes, as record data in text and in wire format: what either makes is written
// as text that gives the same bytes again, under any origin.
#include <algorithm>
#include <cstdint>
#include <span>

#include "dns/base/check.h"
#include "dns/rdata/record_data.h"

namespace quartet::dns {
namespace {

void CheckComesBack(const RecordData& data) {
  const absl::StatusOr<RecordData> again = RecordData::Parse(data.type(), data.ToString(), Name());
  QUARTET_CHECK(again.ok());
  QUARTET_CHECK(
      std::equal(data.wire().begin(), data.wire().end(), again->wire().begin(), again->wire().end()));
}

void CheckText(Type type, std::span<const uint8_t> bytes) {
  static const Name* const origin = new Name(Name::Parse("Example.com.").value());
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const absl::StatusOr<RecordData> data = RecordData::Parse(type, text, *origin);
  if (data.ok()) {
    CheckComesBack(*data);
  } else {
    QUARTET_CHECK(!data.status().message().empty());
  }
}

}  // namespace
}  // namespace quartet::dns

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto type = static_cast<quartet::dns::Type>(data[0] << 8 | data[1]);
  const std::span<const uint8_t> bytes(data + 2, size - 2);
  quartet::dns::CheckText(type, bytes);
  const auto record = quartet::dns::RecordData::FromWire(type, bytes);
  if (record.ok()) quartet::dns::CheckComesBack(*record);
  return 0;
}
