// RFC 9460: the wire format of SVCB and HTTPS record data.
#include <gtest/gtest.h>

#include <string>

#include "dns/rdata/record_data.h"
#include "dns/rdata/service_params.h"

namespace quartet::dns {
namespace {

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string U16(size_t number) { return {static_cast<char>(number >> 8), static_cast<char>(number)}; }

std::string Param(uint16_t key, const std::string& value) { return U16(key) + U16(value.size()) + value; }

bool Takes(const std::string& params) {
  const bool ok = CheckServiceParams(Bytes(params)).ok();
  // The record says the same as the check of its last field.
  const std::string record = U16(1) + std::string("\3svc\0", 5) + params;
  EXPECT_EQ(RecordData::FromWire(Type::kHttps, Bytes(record)).ok(), ok);
  EXPECT_EQ(RecordData::FromWire(Type::kSvcb, Bytes(record)).ok(), ok);
  return ok;
}

TEST(Rfc9460, Section22KeysStrictlyAscend) {
  EXPECT_TRUE(Takes(""));
  EXPECT_TRUE(Takes(Param(3, U16(443)) + Param(667, "x")));
  EXPECT_FALSE(Takes(Param(667, "x") + Param(3, U16(443))));
  EXPECT_FALSE(Takes(Param(667, "x") + Param(667, "x")));
}

TEST(Rfc9460, Section22ParametersAreWhole) {
  EXPECT_FALSE(Takes(std::string("\0", 1)));
  EXPECT_FALSE(Takes(std::string("\0\3\0", 3)));
  EXPECT_FALSE(Takes(std::string("\0\3\0\2\1", 5)));
  EXPECT_FALSE(Takes(Param(3, U16(443)) + "x"));
}

TEST(Rfc9460, Section7ValuesOfKnownKeysAreWellFormed) {
  EXPECT_TRUE(Takes(Param(1, "\2h2\2h3")));
  EXPECT_FALSE(Takes(Param(1, "")));
  EXPECT_FALSE(Takes(Param(1, std::string("\0", 1))));
  EXPECT_FALSE(Takes(Param(1, "\3h2")));
  EXPECT_TRUE(Takes(Param(3, U16(0))));
  EXPECT_FALSE(Takes(Param(3, "x")));
  EXPECT_FALSE(Takes(Param(3, "xyz")));
  EXPECT_TRUE(Takes(Param(4, std::string(8, 'x'))));
  EXPECT_FALSE(Takes(Param(4, std::string(7, 'x'))));
  EXPECT_FALSE(Takes(Param(4, "")));
  EXPECT_TRUE(Takes(Param(6, std::string(32, 'x'))));
  EXPECT_FALSE(Takes(Param(6, std::string(24, 'x'))));
  EXPECT_FALSE(Takes(Param(5, "")));
  EXPECT_TRUE(Takes(Param(5, "ech")));
}

TEST(Rfc9460, Section711NoDefaultAlpnNeedsAlpnAndNoValue) {
  EXPECT_TRUE(Takes(Param(1, "\2h2") + Param(2, "")));
  EXPECT_FALSE(Takes(Param(2, "")));
  EXPECT_FALSE(Takes(Param(1, "\2h2") + Param(2, "x")));
}

TEST(Rfc9460, Section8MandatoryKeysArePresentAscendingAndNotMandatoryItself) {
  const std::string alpn_and_port = Param(1, "\2h2") + Param(3, U16(443));
  EXPECT_TRUE(Takes(Param(0, U16(1)) + alpn_and_port));
  EXPECT_TRUE(Takes(Param(0, U16(1) + U16(3)) + alpn_and_port));
  EXPECT_TRUE(Takes(Param(0, U16(3) + U16(700)) + alpn_and_port + Param(700, "")));
  EXPECT_FALSE(Takes(Param(0, U16(3) + U16(1)) + alpn_and_port));
  EXPECT_FALSE(Takes(Param(0, U16(1) + U16(1)) + alpn_and_port));
  EXPECT_FALSE(Takes(Param(0, U16(4)) + alpn_and_port));
  EXPECT_FALSE(Takes(Param(0, U16(2)) + alpn_and_port));
  EXPECT_FALSE(Takes(Param(0, U16(0)) + alpn_and_port));
  EXPECT_FALSE(Takes(Param(0, "") + alpn_and_port));
  EXPECT_FALSE(Takes(Param(0, "x") + alpn_and_port));
}

TEST(Rfc9460, Section1432Key65535IsInvalid) {
  EXPECT_TRUE(Takes(Param(65534, "x")));
  EXPECT_FALSE(Takes(Param(65535, "x")));
}

TEST(Rfc9460, Section22TargetNamesAreUncompressed) {
  EXPECT_FALSE(RecordData::FromWire(Type::kSvcb, Bytes(std::string("\0\1\xc0\x0c", 4))).ok());
  EXPECT_TRUE(RecordData::FromWire(Type::kSvcb, Bytes(std::string("\0\1\0", 3))).ok());
  EXPECT_FALSE(RecordData::FromWire(Type::kSvcb, Bytes(std::string("\0\1", 2))).ok());
}

// The examples of appendix D.2 in wire format.
TEST(Rfc9460, AppendixD2VectorsAreTaken) {
  const std::string foo("\3foo\7example\3com\0", 17);
  EXPECT_TRUE(RecordData::FromWire(Type::kHttps, Bytes(U16(0) + foo)).ok());
  EXPECT_TRUE(RecordData::FromWire(Type::kSvcb, Bytes(U16(16) + foo + Param(3, U16(53)))).ok());
  EXPECT_TRUE(RecordData::FromWire(Type::kSvcb, Bytes(U16(1) + foo + Param(667, "hello\xd2qoo"))).ok());
  const std::string foo_org("\3foo\7example\3org\0", 17);
  const std::string address("\xc0\0\2\1", 4);
  const std::string whole = Param(0, U16(1) + U16(4)) + Param(1, "\2h2\5h3-19") + Param(4, address);
  EXPECT_TRUE(RecordData::FromWire(Type::kSvcb, Bytes(U16(16) + foo_org + whole)).ok());
}

}  // namespace
}  // namespace quartet::dns
