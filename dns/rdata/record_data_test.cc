#include "dns/rdata/record_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "dns/rdata/layout.h"
#include "dns/rdata/random_record_data.h"

namespace quartet::dns {
namespace {

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

bool Takes(Type type, const std::string& wire) { return RecordData::FromWire(type, Bytes(wire)).ok(); }

TEST(RecordDataTest, AddressesHaveTheirLength) {
  EXPECT_TRUE(Takes(Type::kA, "\x7f\x01\x02\x03"));
  EXPECT_FALSE(Takes(Type::kA, "abc"));
  EXPECT_FALSE(Takes(Type::kA, "abcde"));
  EXPECT_FALSE(Takes(Type::kA, ""));
  EXPECT_TRUE(Takes(Type::kAaaa, std::string(16, 'x')));
  EXPECT_FALSE(Takes(Type::kAaaa, std::string(15, 'x')));
}

TEST(RecordDataTest, NamesAreWholeUncompressedAndTheLast) {
  for (Type type : {Type::kNs, Type::kCname, Type::kPtr, Type::kDname}) {
    EXPECT_TRUE(Takes(type, std::string("\2ns\0", 4)));
    EXPECT_TRUE(Takes(type, std::string("\0", 1)));
    EXPECT_FALSE(Takes(type, ""));
    EXPECT_FALSE(Takes(type, "\2ns"));
    EXPECT_FALSE(Takes(type, std::string("\xc0\x0c", 2)));
    EXPECT_FALSE(Takes(type, std::string("\2ns\0x", 5)));
  }
  EXPECT_FALSE(Takes(Type::kMx, std::string("\0\12", 2)));
  EXPECT_TRUE(Takes(Type::kMx, std::string("\0\12\0", 3)));
  EXPECT_FALSE(Takes(Type::kSrv, std::string("\0\1\0\2\0", 5)));
  EXPECT_TRUE(Takes(Type::kSrv, std::string("\0\1\0\2\0\3\0", 7)));
}

TEST(RecordDataTest, NamesOver255OctetsAreRefused) {
  std::string wire;
  for (int i = 0; i < 4; ++i) wire += '\x3f' + std::string(63, 'a');
  EXPECT_FALSE(Takes(Type::kNs, wire + std::string(1, '\0')));
}

TEST(RecordDataTest, TextHasOneCharacterStringAtLeast) {
  for (Type type : {Type::kTxt, Type::kSpf}) {
    EXPECT_FALSE(Takes(type, ""));
    EXPECT_TRUE(Takes(type, std::string("\0", 1)));
    EXPECT_TRUE(Takes(type, std::string("\1a\0\2bc", 6)));
    EXPECT_FALSE(Takes(type, "\2a"));
    EXPECT_FALSE(Takes(type, "\1a\5bc"));
  }
}

TEST(RecordDataTest, DigestsHaveTheLengthOfTheirAlgorithm) {
  const auto ds = [](char digest_type, size_t length) {
    return std::string("\x12\x34\x0d", 3) + digest_type + std::string(length, 'd');
  };
  for (Type type : {Type::kDs, Type::kCds}) {
    EXPECT_TRUE(Takes(type, ds(1, 20)));
    EXPECT_FALSE(Takes(type, ds(1, 21)));
    EXPECT_TRUE(Takes(type, ds(2, 32)));
    EXPECT_FALSE(Takes(type, ds(2, 20)));
    EXPECT_TRUE(Takes(type, ds(4, 48)));
    EXPECT_FALSE(Takes(type, ds(4, 47)));
    EXPECT_TRUE(Takes(type, ds(77, 5)));
    EXPECT_FALSE(Takes(type, ds(77, 0)));
  }
  EXPECT_TRUE(Takes(Type::kSshfp, "\4\2" + std::string(32, 'f')));
  EXPECT_FALSE(Takes(Type::kSshfp, "\4\1" + std::string(32, 'f')));
  EXPECT_TRUE(Takes(Type::kTlsa, "\3\1\1" + std::string(32, 'c')));
  EXPECT_FALSE(Takes(Type::kTlsa, "\3\1\2" + std::string(32, 'c')));
  EXPECT_TRUE(Takes(Type::kTlsa, std::string("\3\1\0", 3) + std::string(500, 'c')));
}

TEST(RecordDataTest, Rfc8078Section4DeletionOfCdsAndCdnskey) {
  EXPECT_TRUE(Takes(Type::kCds, std::string("\0\0\0\0\0", 5)));
  EXPECT_TRUE(Takes(Type::kCdnskey, std::string("\0\0\3\0\0", 5)));
}

TEST(RecordDataTest, Rfc8659Section41CaaTagsAreLettersAndDigits) {
  EXPECT_TRUE(Takes(Type::kCaa, std::string("\0\5issueca.example", 17)));
  EXPECT_TRUE(Takes(Type::kCaa, std::string("\x80\5issue", 7)));
  EXPECT_FALSE(Takes(Type::kCaa, std::string("\0\0", 2)));
  EXPECT_FALSE(Takes(Type::kCaa, std::string("\0\5iss ex", 8)));
  EXPECT_FALSE(Takes(Type::kCaa, std::string("\0\5iss", 5)));
  EXPECT_FALSE(Takes(Type::kCaa, std::string("\0", 1)));
}

TEST(RecordDataTest, NaptrHasThreeStringsAndAName) {
  const std::string fields("\0\1\0\2\1U\7E2U+sip\0", 15);
  EXPECT_TRUE(Takes(Type::kNaptr, fields + std::string(1, '\0')));
  EXPECT_FALSE(Takes(Type::kNaptr, fields));
}

TEST(RecordDataTest, Rfc4034Section412TypeBitmapsAreInOrderAndMinimal) {
  const std::string next("\1b\0", 3);
  EXPECT_TRUE(Takes(Type::kNsec, next + std::string("\0\1\x40", 3)));
  EXPECT_TRUE(Takes(Type::kNsec, next + std::string("\0\1\x40\1\1\x40", 6)));
  EXPECT_FALSE(Takes(Type::kNsec, next + std::string("\1\1\x40\0\1\x40", 6)));
  EXPECT_FALSE(Takes(Type::kNsec, next + std::string("\0\2\x40\0", 4)));
  EXPECT_FALSE(Takes(Type::kNsec, next + std::string("\0\0", 2)));
  EXPECT_FALSE(Takes(Type::kNsec, next + std::string("\0\x21", 2) + std::string(33, 'x')));
  EXPECT_FALSE(Takes(Type::kNsec, next + std::string("\0\2\x40", 3)));
}

TEST(RecordDataTest, ErrorsNameTypeAndField) {
  EXPECT_EQ(RecordData::FromWire(Type::kMx, Bytes(std::string("\0\1\4", 3))).status(),
            absl::InvalidArgumentError("MX record data: field 2 is malformed or ends early"));
  EXPECT_EQ(RecordData::FromWire(Type::kA, Bytes("12345")).status(),
            absl::InvalidArgumentError("A record data: 1 octets too many"));
}

TEST(RecordDataTest, NamesAreGivenInOrder) {
  const RecordData soa =
      MakeSoa({Of("ns1.example."), Of("Hostmaster.example."), 1, 7200, 900, 1209600, 86400});
  EXPECT_EQ(soa.Names(), (std::vector<Name>{Of("ns1.example."), Of("hostmaster.example.")}));
  EXPECT_EQ(soa.Names()[1].ToString(), "Hostmaster.example.");
  EXPECT_EQ(MakeNs(Of("ns1.example.")).Names(), std::vector<Name>{Of("ns1.example.")});
  EXPECT_TRUE(RecordData::FromWire(Type::kTxt, Bytes("\1a"))->Names().empty());
  EXPECT_TRUE(RecordData::FromWire(static_cast<Type>(65280), Bytes("\1a"))->Names().empty());
}

TEST(RecordDataTest, SoaComesBack) {
  const Soa soa = ReadSoa(MakeSoa({Of("ns1.example."), Name(), 0xffffffff, 7200, 900, 1209600, 0x80000000u}));
  EXPECT_EQ(soa.mname, Of("ns1.example."));
  EXPECT_EQ(soa.rname, Name());
  EXPECT_EQ(soa.serial, 0xffffffffu);
  EXPECT_EQ(soa.refresh, 7200u);
  EXPECT_EQ(soa.retry, 900u);
  EXPECT_EQ(soa.expire, 1209600u);
  EXPECT_EQ(soa.minimum, 0x80000000u);
}

TEST(RecordDataTest, WhatIsCutShortOrGoesOnIsRefused) {
  std::mt19937 random(3597);
  for (Type type : TypesForTests()) {
    const Layout* layout = FindLayout(type);
    if (layout == nullptr) continue;
    for (int i = 0; i < 50; ++i) {
      const RecordData data = RandomRecordData(type, random);
      std::vector<uint8_t> wire(data.wire().begin(), data.wire().end());
      EXPECT_EQ(*RecordData::FromWire(type, wire), data) << TypeName(type);
      const bool open_end = std::any_of(layout->fields.begin(), layout->fields.end(), [](Field field) {
        return field >= Field::kCharacterStrings && field <= Field::kSomeRest;
      });
      if (open_end) continue;
      wire.push_back(0);
      EXPECT_FALSE(RecordData::FromWire(type, wire).ok()) << TypeName(type);
      wire.resize(wire.size() - 2);
      EXPECT_FALSE(RecordData::FromWire(type, wire).ok()) << TypeName(type);
    }
  }
}

TEST(RecordDataTest, DamagedDataIsRefusedOrStillConsistent) {
  std::mt19937 random(1035);
  for (int i = 0; i < 20000; ++i) {
    const Type type = TypesForTests()[random() % TypesForTests().size()];
    const RecordData data = RandomRecordData(type, random);
    std::vector<uint8_t> wire(data.wire().begin(), data.wire().end());
    if (wire.empty()) continue;
    wire[random() % wire.size()] = static_cast<uint8_t>(random());
    if (random() % 4 == 0) wire.resize(random() % wire.size());
    const absl::StatusOr<RecordData> damaged = RecordData::FromWire(type, wire);
    if (!damaged.ok()) continue;
    ASSERT_TRUE(std::equal(wire.begin(), wire.end(), damaged->wire().begin(), damaged->wire().end()));
    ASSERT_EQ(damaged->Canonical().size(), wire.size());
    for (const Name& name : damaged->Names()) ASSERT_LE(name.wire().size(), wire.size());
  }
}

}  // namespace
}  // namespace quartet::dns
