// RFC 1982: serial number arithmetic with 32 bits.
#include <gtest/gtest.h>

#include "dns/rdata/record_data.h"

namespace quartet::dns {
namespace {

TEST(Rfc1982, Section32SerialsAreBeforeWhatIsLessThanHalfTheCircleAhead) {
  EXPECT_TRUE(SerialLess(1, 2));
  EXPECT_FALSE(SerialLess(2, 1));
  EXPECT_FALSE(SerialLess(7, 7));
  EXPECT_TRUE(SerialLess(0, 0x7fffffff));
  EXPECT_FALSE(SerialLess(0x7fffffff, 0));
}

TEST(Rfc1982, Section32SerialsWrap) {
  EXPECT_TRUE(SerialLess(0xffffffffu, 0));
  EXPECT_TRUE(SerialLess(0xffffff00u, 0x100));
  EXPECT_FALSE(SerialLess(0, 0xffffffffu));
}

TEST(Rfc1982, Section32HalfTheCircleApartNeitherIsBefore) {
  EXPECT_FALSE(SerialLess(5, 0x80000005u));
  EXPECT_FALSE(SerialLess(0x80000005u, 5));
}

}  // namespace
}  // namespace quartet::dns
