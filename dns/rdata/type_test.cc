#include "dns/rdata/type.h"

#include <gtest/gtest.h>

namespace quartet::dns {
namespace {

TEST(TypeTest, EveryNumberComesBackFromItsName) {
  for (int number = 0; number <= 0xffff; ++number) {
    const Type type = static_cast<Type>(number);
    const absl::StatusOr<Type> parsed = ParseType(TypeName(type));
    ASSERT_TRUE(parsed.ok()) << number;
    ASSERT_EQ(*parsed, type);
  }
}

TEST(TypeTest, MnemonicsHaveNoCase) {
  EXPECT_EQ(*ParseType("aaaa"), Type::kAaaa);
  EXPECT_EQ(*ParseType("HtTpS"), Type::kHttps);
  EXPECT_EQ(TypeName(Type::kHttps), "HTTPS");
}

TEST(TypeTest, Rfc3597Section5NumbersStandForAnyType) {
  EXPECT_EQ(*ParseType("TYPE1"), Type::kA);
  EXPECT_EQ(*ParseType("type65535"), static_cast<Type>(65535));
  EXPECT_EQ(TypeName(static_cast<Type>(65280)), "TYPE65280");
}

TEST(TypeTest, WhatIsNoTypeIsRefused) {
  for (absl::string_view text :
       {"", "TYPE", "TYPE65536", "TYPE-1", "TYPE 1", "TYPE999999999999", "TYPE1x", "FOO", "A ", "MX1"}) {
    EXPECT_EQ(ParseType(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(TypeTest, Rfc6895Section31MetaTypesAreNeverStored) {
  for (Type type :
       {Type::kOpt, Type::kTkey, Type::kTsig, Type::kIxfr, Type::kAxfr, Type::kAny, static_cast<Type>(128)}) {
    EXPECT_TRUE(IsMetaType(type)) << TypeName(type);
  }
  for (Type type : {Type::kA, Type::kSpf, Type::kCaa, static_cast<Type>(127), static_cast<Type>(256)}) {
    EXPECT_FALSE(IsMetaType(type)) << TypeName(type);
  }
}

}  // namespace
}  // namespace quartet::dns
