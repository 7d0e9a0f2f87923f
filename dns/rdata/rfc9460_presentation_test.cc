// The test vectors of RFC 9460 appendix D.
#include <gtest/gtest.h>

#include "dns/rdata/record_data.h"
#include "dns/rdata/text_codec.h"

namespace quartet::dns {
namespace {

struct Vector {
  const char* text;
  const char* wire;
};

class Rfc9460 : public ::testing::TestWithParam<Vector> {};

TEST_P(Rfc9460, TextAndWireAgree) {
  const absl::StatusOr<RecordData> data = RecordData::Parse(Type::kSvcb, GetParam().text, Name());
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(HexText(data->wire()), GetParam().wire);
  const absl::StatusOr<RecordData> again = RecordData::Parse(Type::kSvcb, data->ToString(), Name());
  ASSERT_TRUE(again.ok()) << data->ToString() << ": " << again.status();
  EXPECT_EQ(HexText(again->wire()), GetParam().wire);
}

INSTANTIATE_TEST_SUITE_P(
    AppendixD, Rfc9460,
    ::testing::Values(
        Vector{"0 foo.example.com.", "000003666f6f076578616d706c6503636f6d00"}, Vector{"1 .", "000100"},
        Vector{"16 foo.example.com. port=53", "001003666f6f076578616d706c6503636f6d00000300020035"},
        Vector{"1 foo.example.com. key667=hello", "000103666f6f076578616d706c6503636f6d00029b000568656c6c6f"},
        Vector{"1 foo.example.com. key667=\"hello\\210qoo\"",
               "000103666f6f076578616d706c6503636f6d00029b000968656c6c6fd2716f6f"},
        Vector{"1 foo.example.com. ipv6hint=\"2001:db8::1,2001:db8::53:1\"",
               "000103666f6f076578616d706c6503636f6d000006002020010db800000000000000000000000120010db80000000"
               "000000000"
               "00530001"},
        Vector{"1 example.com. ipv6hint=\"2001:db8:122:344::192.0.2.33\"",
               "0001076578616d706c6503636f6d00000600102001"
               "0db80122034400000000c0000221"},
        Vector{"16 foo.example.org. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1",
               "001003666f6f076578616d706c65036f726700000000040001000400010009026832"
               "0568332d313900040004c0000201"},
        Vector{"16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
               "001003666f6f076578616d706c65036f72670000"
               "01000c08665c6f6f2c626172026832"},
        Vector{"16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2",
               "001003666f6f076578616d706c65036f72670000"
               "01000c08665c6f6f2c626172026832"}));

TEST(Rfc9460Failure, RefusesTheFailureCases) {
  // Appendix D.3.
  for (const char* text :
       {"1 foo.example.com. key123=abc key123=def", "1 foo.example.com. mandatory", "1 foo.example.com. alpn",
        "1 foo.example.com. port", "1 foo.example.com. ipv4hint", "1 foo.example.com. ipv6hint",
        "1 foo.example.com. no-default-alpn=abc", "1 foo.example.com. mandatory=key123",
        "1 foo.example.com. mandatory=mandatory", "1 foo.example.com. mandatory=key123,key123 key123=abc"}) {
    EXPECT_FALSE(RecordData::Parse(Type::kSvcb, text, Name()).ok()) << text;
  }
}

}  // namespace
}  // namespace quartet::dns
