#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "dns/rdata/record_data.h"
#include "dns/rdata/text_codec.h"

namespace quartet::dns {
namespace {

Name Origin() { return Name::Parse("example.com.").value(); }

Type TypeOf(absl::string_view name) { return ParseType(name).value(); }

struct Good {
  const char* type;
  const char* text;
  // What ToString makes of it; empty: the text itself.
  const char* written;
};

class GoodText : public ::testing::TestWithParam<Good> {};

TEST_P(GoodText, IsReadAndComesBackToEqualBytes) {
  const Good& good = GetParam();
  const absl::StatusOr<RecordData> data = RecordData::Parse(TypeOf(good.type), good.text, Origin());
  ASSERT_TRUE(data.ok()) << data.status();
  const std::string written = data->ToString();
  EXPECT_EQ(written, *good.written == '\0' ? good.text : good.written);
  // Under another origin: the text is absolute.
  const absl::StatusOr<RecordData> again = RecordData::Parse(TypeOf(good.type), written, Name());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(HexText(again->wire()), HexText(data->wire()));
}

INSTANTIATE_TEST_SUITE_P(
    OfRoute53, GoodText,
    ::testing::Values(
        Good{"A", "192.0.2.1", ""}, Good{"A", " \t192.0.2.1  ", "192.0.2.1"}, Good{"AAAA", "2001:db8::1", ""},
        Good{"AAAA", "::ffff:192.0.2.1", ""}, Good{"CNAME", "www", "www.example.com."},
        Good{"CNAME", "@", "example.com."}, Good{"CNAME", "WWW.Example.NET.", ""},
        Good{"CNAME", "a\\.b\\032c", "a\\.b\\032c.example.com."}, Good{"NS", ".", ""},
        Good{"PTR", "host.example.net.", ""}, Good{"MX", "10 mail", "10 mail.example.com."},
        Good{"MX", "10 mail.example.net.", ""}, Good{"MX", "0 .", ""},
        Good{"SOA", "ns1 hostmaster 2026010101 2h 15m 2W 1d",
             "ns1.example.com. hostmaster.example.com. 2026010101 7200 900 1209600 86400"},
        Good{"TXT", "\"v=spf1 -all\"", ""},
        Good{"TXT", "one \"two three\" four", "\"one\" \"two three\" \"four\""}, Good{"TXT", "\"\"", ""},
        Good{"TXT", "\"a;b(c)d\"", ""}, Good{"TXT", "a\\;b", "\"a;b\""},
        Good{"TXT", "\"\\\"\\\\\\195\\164\"", ""}, Good{"TXT", "\"\xc3\xa4\"", "\"\\195\\164\""},
        Good{"TXT", "\"a\"\"b\"", "\"a\" \"b\""}, Good{"SPF", "\"v=spf1 mx\"", ""},
        Good{"SRV", "1 2 443 www", "1 2 443 www.example.com."},
        Good{"NAPTR", "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.com!\" .", ""},
        Good{"NAPTR", "65535 0 \"\" \"\" \"\" _sip", "65535 0 \"\" \"\" \"\" _sip.example.com."},
        Good{"CAA", "0 issue \"letsencrypt.org; validationmethods=dns-01\"", ""},
        Good{"CAA", "128 iodef mailto:a@example.com", "128 iodef \"mailto:a@example.com\""},
        Good{"CAA", "0 issue \"\"", ""},
        Good{"DS", "60485 RSASHA1 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
             "60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118"},
        Good{"DS", "60485 5 1 2BB183AF5F22588179A53B 0A98631FAD1A292118",
             "60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118"},
        Good{"SSHFP", "2 1 123456789abcdef67890123456789abcdef67890", ""},
        Good{"TLSA", "3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", ""}));

INSTANTIATE_TEST_SUITE_P(
    OfServiceBinding, GoodText,
    ::testing::Values(Good{"HTTPS", "0 pool.example.net.", ""}, Good{"HTTPS", "1 .", ""},
                      Good{"HTTPS", "1 . alpn=h2,h3 port=8443", "1 . alpn=\"h2,h3\" port=8443"},
                      Good{"HTTPS", "1 . port=443 alpn=\"h2\"", "1 . alpn=\"h2\" port=443"},
                      Good{"SVCB", "1 www ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1,::1",
                           "1 www.example.com. ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1,::1"},
                      Good{"SVCB", "1 . mandatory=port,alpn alpn=h2 no-default-alpn port=53",
                           "1 . mandatory=alpn,port alpn=\"h2\" no-default-alpn port=53"},
                      Good{"SVCB", "1 . ech=AEX+DQ== dohpath=/q{?dns} ohttp",
                           "1 . ech=AEX+DQ== dohpath=\"/q{?dns}\" ohttp"},
                      Good{"SVCB", "1 . key65280=\"a b\\\"\\000\" key65281",
                           "1 . key65280=\"a b\\\"\\000\" key65281"},
                      Good{"SVCB", "1 . key3=\\001\\187", "1 . port=443"}));

INSTANTIATE_TEST_SUITE_P(
    OfDnssec, GoodText,
    ::testing::Values(Good{"DNSKEY", "256 3 ECDSAP256SHA256 AQID BAUG", "256 3 13 AQIDBAUG"},
                      Good{"CDNSKEY", "0 3 0 AA==", ""}, Good{"CDS", "0 0 0 00", ""},
                      Good{"RRSIG", "A 5 3 1d 20030322173103 20030220173103 2642 example.com. AQID",
                           "A 5 3 86400 20030322173103 20030220173103 2642 example.com. AQID"},
                      Good{"RRSIG", "TYPE65280 8 0 0 1 4294967295 0 . AQID",
                           "TYPE65280 8 0 0 19700101000001 21060207062815 0 . AQID"},
                      Good{"NSEC", "host A MX RRSIG NSEC TYPE1234",
                           "host.example.com. A MX RRSIG NSEC TYPE1234"},
                      Good{"NSEC", "host.example.com. TYPE1234 A MX A", "host.example.com. A MX TYPE1234"},
                      Good{"NSEC3", "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS",
                           "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS MX DNSKEY"},
                      Good{"NSEC3", "1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr", ""},
                      Good{"NSEC3PARAM", "1 0 0 -", ""}, Good{"DNAME", "net", "net.example.com."}));

INSTANTIATE_TEST_SUITE_P(
    OfOtherTypes, GoodText,
    ::testing::Values(
        Good{"HINFO", "PC \"Linux 6\"", "\"PC\" \"Linux 6\""}, Good{"RP", "joe .", "joe.example.com. ."},
        Good{"URI", "10 1 \"https://example.com/\"", ""}, Good{"OPENPGPKEY", "AQID", ""},
        Good{"CERT", "PKIX 1 RSASHA256 AQID", "1 1 8 AQID"}, Good{"CSYNC", "66 3 A NS AAAA", ""},
        Good{"LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
             "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m"},
        Good{"LOC", "90 S 180 W 0 0.5", "90 0 0.000 S 180 0 0.000 W 0.00m 0.50m 10000.00m 10.00m"},
        Good{"EUI48", "00-00-5e-00-53-2a", "\\# 6 00005e00532a"},
        Good{"L64", "10 2001:0DB8:1140:1000", "\\# 10 000a20010db811401000"},
        Good{"TYPE65280", "\\# 3 01 0203", "\\# 3 010203"}, Good{"TYPE65280", "\\# 0", ""},
        // RFC 3597 §5: for known types too.
        Good{"A", "\\# 4 c0000201", "192.0.2.1"}, Good{"MX", "\\# 5 000A 0161 00", "10 a."}));

struct Bad {
  const char* type;
  const char* text;
  // Must be part of the message.
  const char* why;
};

class BadText : public ::testing::TestWithParam<Bad> {};

TEST_P(BadText, IsRefusedWithTheFieldAndTheReason) {
  const Bad& bad = GetParam();
  const absl::StatusOr<RecordData> data = RecordData::Parse(TypeOf(bad.type), bad.text, Origin());
  ASSERT_FALSE(data.ok()) << data->ToString();
  EXPECT_EQ(data.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(data.status().message().find(bad.why), absl::string_view::npos) << data.status();
  EXPECT_EQ(data.status().message().find(std::string(bad.type) + " record data: "), 0) << data.status();
}

INSTANTIATE_TEST_SUITE_P(
    OfRoute53, BadText,
    ::testing::Values(
        Bad{"A", "", "address: missing"}, Bad{"A", "192.0.2", "address: '192.0.2' is no IPv4 address"},
        Bad{"A", "192.0.2.256", "no IPv4"}, Bad{"A", "192.0.2.01", "no IPv4"},
        Bad{"A", "2001:db8::1", "no IPv4"}, Bad{"A", "192.0.2.1 192.0.2.2", "'192.0.2.2' is too much"},
        Bad{"A", "192.0.2.1\\000", "no IPv4"}, Bad{"AAAA", "192.0.2.1", "no IPv6 address"},
        Bad{"AAAA", "2001:db8::1::", "no IPv6"}, Bad{"AAAA", "fe80::1%eth0", "no IPv6"},
        Bad{"CNAME", "", "target: missing"}, Bad{"CNAME", "a..b", "empty label"},
        Bad{"CNAME", "\"www\"", "must not stand in quotes"},
        Bad{"CNAME",
            "b\xc3\xbc"
            "cher",
            "xn--"},
        Bad{"CNAME", "a\\25", "three digits"},
        Bad{"MX", "mail", "preference: 'mail' is no number from 0 to 65535"},
        Bad{"MX", "10", "host name: missing"}, Bad{"MX", "65536 mail", "preference"},
        Bad{"MX", "-1 mail", "preference"}, Bad{"MX", "10 mail 20", "too much"},
        Bad{"SRV", "1 2 65536 www", "port"}, Bad{"SOA", "ns1 hostmaster 4294967296 1 1 1 1", "serial"},
        Bad{"SOA", "ns1 hostmaster 1 1 1 1", "minimum: missing"},
        Bad{"SOA", "ns1 hostmaster 1 1x 1 1 1", "refresh"}, Bad{"TXT", "", "text: missing"},
        Bad{"TXT", "\"\\256\"", "over \\255"}, Bad{"TXT", "\"\\25\"", "two more digits"},
        Bad{"CAA", "0 is-sue \"x\"", "letters and digits"}, Bad{"CAA", "256 issue \"x\"", "flags"},
        Bad{"CAA", "0 issue", "value: missing"}, Bad{"CAA", "0 issue ca.example; x", "comment"},
        Bad{"NAPTR", "1 1 u \"\" \"\"", "replacement: missing"}, Bad{"DS", "1 5 1 2bb", "hexadecimal"},
        Bad{"DS", "1 NOSUCH 1 00", "no algorithm's name"}, Bad{"DS", "1 5 1 00", "digest of 1 octets"},
        Bad{"TLSA", "3 1 1", "certificate data: missing"}, Bad{"SSHFP", "2 1 xx", "hexadecimal"}));

INSTANTIATE_TEST_SUITE_P(
    OfSyntax, BadText,
    ::testing::Values(Bad{"TXT", "\"open", "not closed"},
                      Bad{"TXT", "\"a\"b", "no blank behind the closing quote"},
                      Bad{"TXT", "a\"b\"", "quote in the middle"},
                      Bad{"TXT", "k=\"v\"", "quotes in the middle"}, Bad{"TXT", "a ( b )", "parenthesis"},
                      Bad{"TXT", "a\nb", "one line"}, Bad{"TXT", "\"a\nb\"", "not closed"},
                      Bad{"TXT", "a\rb", "control character"}, Bad{"TXT", "a\x07", "control character"},
                      Bad{"TXT", "a\\", "backslash"}, Bad{"TYPE65280", "01 02", "\\# LENGTH HEX"},
                      Bad{"TYPE65280", "\\# 2 01", "2 stands there, but there are 1"},
                      Bad{"TYPE65280", "\\# 1 0g", "hexadecimal"}, Bad{"TYPE65280", "\\# 65536 00", "length"},
                      Bad{"TYPE65280", "\\#", "length: missing"},
                      Bad{"TYPE65280", "\\# 0 00", "0 stands there"}, Bad{"A", "\\# 3 c00002", "malformed"}));

INSTANTIATE_TEST_SUITE_P(
    OfServiceBinding, BadText,
    ::testing::Values(
        Bad{"HTTPS", "1 . alpn", "parameter alpn"}, Bad{"HTTPS", "1 . alpn=", "item of its list is empty"},
        Bad{"HTTPS", "1 . alpn=h2,,h3", "item of its list is empty"},
        Bad{"HTTPS", "1 . port=65536", "parameter port"}, Bad{"HTTPS", "1 . port=1 port=1", "twice"},
        Bad{"HTTPS", "1 . port=1 key3=\\000\\001", "twice"}, Bad{"HTTPS", "1 . ipv4hint=1.2.3", "IPv4"},
        Bad{"HTTPS", "1 . ipv6hint=1.2.3.4", "IPv6"}, Bad{"HTTPS", "1 . ech=???", "base64"},
        Bad{"HTTPS", "1 . nosuch=1", "unknown"}, Bad{"HTTPS", "1 . key03=x", "unknown"},
        Bad{"HTTPS", "1 . key65536", "unknown"}, Bad{"HTTPS", "1 . key65535", "reserved"},
        Bad{"HTTPS", "1 . mandatory=port", "absent"}, Bad{"HTTPS", "1 . mandatory=mandatory", "mandatory"},
        Bad{"HTTPS", "1 . no-default-alpn", "without alpn"},
        Bad{"HTTPS", "1 . no-default-alpn=1 alpn=h2", "takes no value"},
        Bad{"HTTPS", "1 . \"alpn=h2\"", "quotes"}, Bad{"HTTPS", "1 . key3=\\001", "two octets"},
        Bad{"HTTPS", "1", "target: missing"}, Bad{"HTTPS", "65536 .", "priority"}));

INSTANTIATE_TEST_SUITE_P(
    OfOtherTypes, BadText,
    ::testing::Values(
        Bad{"DNSKEY", "256 3 8 AQI", "base64"}, Bad{"DNSKEY", "256 3 8 AQJ=", "base64"},
        Bad{"DNSKEY", "256 3 8 A===", "base64"}, Bad{"RRSIG", "FOO 5 3 1 1 1 1 . AQID", "type covered"},
        Bad{"RRSIG", "A 5 3 1 20261301000000 1 1 . AQID", "expiration"},
        Bad{"RRSIG", "A 5 3 1 20250229000000 1 1 . AQID", "expiration"}, Bad{"NSEC", ". FOO", "types: 'FOO'"},
        Bad{"NSEC3", "1 0 0 abc 00 A", "salt"}, Bad{"NSEC3", "1 0 0 - w A", "next hash"},
        Bad{"LOC", "91 N 0 E 0m", "over 90 degrees"}, Bad{"LOC", "52 99 N 0 E 0m", "latitude"},
        Bad{"LOC", "52 N 0 E 0m 1m 1m 1m 1m", "too much"}, Bad{"LOC", "52 N", "longitude"},
        Bad{"LOC", "52 N 0 E -100001m", "altitude"}, Bad{"EUI48", "00-00-5e-00-53", "not what this type has"},
        Bad{"TYPE55", "2 200100107B1A74DF365639CC39F1D578 AQID", "\\# LENGTH HEX"}));

TEST(RecordDataText, SplitsTextOfMoreThan255Octets) {
  const std::string text = "\"" + std::string(600, 'x') + "\"";
  const absl::StatusOr<RecordData> data = RecordData::Parse(Type::kTxt, text, Name());
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ(data->wire().size(), 603);
  EXPECT_EQ(data->wire()[0], 255);
  EXPECT_EQ(data->wire()[256], 255);
  EXPECT_EQ(data->wire()[512], 90);
}

// As Parse would split it again.
TEST(RecordDataText, JoinsTextThatWasSplitForItsLengthOnly) {
  const auto joined = [](absl::string_view text) {
    const RecordData data = RecordData::Parse(Type::kTxt, text, Name()).value();
    const std::string shown = data.ToJoinedString();
    EXPECT_EQ(RecordData::Parse(Type::kTxt, shown, Name()).value(), data) << shown;
    return shown;
  };
  const std::string full(255, 'a');
  const std::string whole = absl::StrCat("\"", full, full, "rest \\\" \\007\"");
  EXPECT_EQ(joined(whole), whole);
  EXPECT_EQ(joined(absl::StrCat(full, " ", full)), absl::StrCat("\"", full, full, "\""));
  EXPECT_EQ(joined("\"one\" \"two\""), "\"one\" \"two\"");
  EXPECT_EQ(joined("\"\""), "\"\"");
  // An empty string would be lost, and one before the last is short.
  for (const std::string& several :
       {absl::StrCat("\"", full, "\" \"\""), absl::StrCat("\"a\" \"", full, "\" \"b\"")}) {
    EXPECT_EQ(joined(several), several);
  }
  EXPECT_EQ(RecordData::Parse(Type::kMx, "10 a.", Name()).value().ToJoinedString(), "10 a.");
  // Longer in words than Parse takes.
  const RecordData large =
      RecordData::Parse(Type::kTxt, absl::StrCat("\"", std::string(60000, 'x'), "\""), Name()).value();
  std::string wire(large.wire().begin(), large.wire().end());
  std::replace(wire.begin(), wire.end(), 'x', '\x01');
  const RecordData escaped =
      RecordData::FromWire(Type::kTxt, {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()}).value();
  EXPECT_EQ(RecordData::Parse(Type::kTxt, escaped.ToJoinedString(), Name()).value(), escaped);
}

TEST(RecordDataText, RefusesOtherStringsOfMoreThan255Octets) {
  const std::string text = "1 1 \"" + std::string(256, 'x') + "\" \"\" \"\" .";
  const absl::StatusOr<RecordData> data = RecordData::Parse(Type::kNaptr, text, Name());
  ASSERT_FALSE(data.ok());
  EXPECT_NE(data.status().message().find("flags: a string of 256 octets; 255 is the most"),
            absl::string_view::npos)
      << data.status();
}

TEST(RecordDataText, RefusesTextOverItsBound) {
  EXPECT_FALSE(RecordData::Parse(Type::kTxt, std::string(132'001, ' '), Name()).ok());
  EXPECT_FALSE(RecordData::Parse(Type::kTxt, std::string(131'999, 'x'), Name()).ok());
}

TEST(RecordDataText, TakesALongIpv6Hint) {
  std::string text = "1 . ipv6hint=::1";
  for (int i = 0; i < 4000; ++i) text += ",2001:db8::2";
  const absl::StatusOr<RecordData> data = RecordData::Parse(Type::kHttps, text, Name());
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->wire().size(), 2 + 1 + 4 + 4001 * 16);
  // As one token that is longer than any address, too.
  EXPECT_FALSE(RecordData::Parse(Type::kHttps, "1 . ipv6hint=" + std::string(100'000, '1'), Name()).ok());
}

TEST(RecordDataText, WritesTheLargestDataSoThatItIsReadBack) {
  const std::string octets(65535, '\xff');
  const std::span<const uint8_t> wire(reinterpret_cast<const uint8_t*>(octets.data()), octets.size());
  const RecordData data = RecordData::FromWire(static_cast<Type>(65280), wire).value();
  const absl::StatusOr<RecordData> again = RecordData::Parse(data.type(), data.ToString(), Name());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(*again == data);
}

TEST(RecordDataText, WritesWhatItsFieldsCannotHoldInGenericForm) {
  // A key with no octets, as only old KEY records have it (RFC 2535 §3.1.2).
  const std::string wire("\xc0\x00\x03\x08", 4);
  const RecordData data =
      RecordData::FromWire(Type::kKey, {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()}).value();
  EXPECT_EQ(data.ToString(), "\\# 4 c0000308");
}

}  // namespace
}  // namespace quartet::dns
