// RFC 4034 §6.2 as corrected by RFC 6840 §5.1: which types have their names lowered in canonical form.
#include <gtest/gtest.h>

#include <string>

#include "dns/rdata/record_data.h"

namespace quartet::dns {
namespace {

RecordData Data(Type type, const std::string& wire) {
  return RecordData::FromWire(type, {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()}).value();
}

const std::string& Upper() {
  static const std::string* const wire = new std::string("\2NS\7Example\0", 12);
  return *wire;
}

const std::string& Lower() {
  static const std::string* const wire = new std::string("\2ns\7example\0", 12);
  return *wire;
}

TEST(Rfc4034, Section62NamesOfTheListedTypesAreLowered) {
  for (Type type : {Type::kNs, Type::kCname, Type::kPtr, Type::kDname}) {
    EXPECT_EQ(Data(type, Upper()).Canonical(), Lower()) << TypeName(type);
    EXPECT_EQ(Data(type, Upper()), Data(type, Lower())) << TypeName(type);
  }
  const std::string mx("AB", 2);
  EXPECT_EQ(Data(Type::kMx, mx + Upper()).Canonical(), mx + Lower());
  EXPECT_EQ(Data(static_cast<Type>(17), Upper() + Upper()).Canonical(), Lower() + Lower());  // RP
  const std::string srv("ABCDEF", 6);
  EXPECT_EQ(Data(Type::kSrv, srv + Upper()).Canonical(), srv + Lower());
  const std::string numbers(20, 'N');
  EXPECT_EQ(Data(Type::kSoa, Upper() + Upper() + numbers).Canonical(), Lower() + Lower() + numbers);
}

TEST(Rfc4034, Section62OnlyTheNameIsLowered) {
  const std::string fields("ABCD\1U\3E2U\2!!", 13);
  EXPECT_EQ(Data(Type::kNaptr, fields + Upper()).Canonical(), fields + Lower());
}

TEST(Rfc6840, Section51NamesOfNsecKeepTheirCase) {
  const std::string bitmap("\0\1\x40", 3);
  EXPECT_EQ(Data(Type::kNsec, Upper() + bitmap).Canonical(), Upper() + bitmap);
}

TEST(Rfc9460, NamesOfServiceBindingsKeepTheirCase) {
  const std::string priority("\0\1", 2);
  EXPECT_EQ(Data(Type::kSvcb, priority + Upper()).Canonical(), priority + Upper());
  EXPECT_FALSE(Data(Type::kHttps, priority + Upper()) == Data(Type::kHttps, priority + Lower()));
}

TEST(Rfc4034, Section62TextKeepsItsCase) {
  EXPECT_EQ(Data(Type::kTxt, "\3ABC").Canonical(), "\3ABC");
  EXPECT_FALSE(Data(Type::kTxt, "\1a") == Data(Type::kSpf, "\1a"));
}

}  // namespace
}  // namespace quartet::dns
