#include "replication/record/record_value.h"

#include <gtest/gtest.h>

#include <random>

#include "replication/base/format_examples.h"
#include "replication/record/record_key.h"

namespace quartet::replication {
namespace {

dns::Name NameOf(absl::string_view text) {
  auto name = dns::Name::Parse(text);
  EXPECT_TRUE(name.ok()) << name.status();
  return *name;
}

const dns::Name& Apex() {
  static const dns::Name apex = NameOf("example.com.");
  return apex;
}

dns::RecordSet SetOf(absl::string_view owner, dns::Type type, uint32_t ttl,
                     const std::vector<std::string>& values) {
  std::vector<dns::RecordData> records;
  for (const std::string& value : values) {
    auto record = dns::RecordData::Parse(type, value, Apex());
    EXPECT_TRUE(record.ok()) << record.status();
    records.push_back(*std::move(record));
  }
  auto set = dns::RecordSet::Create(NameOf(owner), ttl, std::move(records));
  EXPECT_TRUE(set.ok()) << set.status();
  return *std::move(set);
}

std::string KeyOf(absl::string_view owner, dns::Type type) { return RecordKey(NameOf(owner), Apex(), type); }

std::string Example(absl::string_view name) { return FormatExample("record_value.md", name); }

void ExpectDecodes(absl::string_view example, const dns::RecordSet& expected) {
  const auto decoded =
      DecodeServed(RecordKey(expected.owner(), Apex(), expected.type()), Example(example), Apex());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, expected);
  EXPECT_TRUE(decoded->owner().SameCase(expected.owner())) << decoded->owner().ToString();
  EXPECT_EQ(EncodeServed(expected, Apex()), Example(example));
}

TEST(Served, IsAsTheFormatPageSays) {
  ExpectDecodes("served", SetOf("www.example.com.", dns::Type::kA, 300, {"192.0.2.2", "192.0.2.1"}));
  ExpectDecodes("served-with-case",
                SetOf("WWW.example.com.", dns::Type::kA, 300, {"192.0.2.2", "192.0.2.1"}));
  ExpectDecodes("served-mx", SetOf("example.com.", dns::Type::kMx, 3600, {"10 mail"}));
}

TEST(Served, CaseOfTheApexIsNotTheRecordSets) {
  EXPECT_EQ(EncodeServed(SetOf("WWW.EXAMPLE.com.", dns::Type::kA, 300, {"192.0.2.1", "192.0.2.2"}), Apex()),
            Example("served-with-case"));
  EXPECT_EQ(EncodeServed(SetOf("www.EXAMPLE.com.", dns::Type::kA, 300, {"192.0.2.1", "192.0.2.2"}), Apex()),
            Example("served"));
}

TEST(Served, HighestTtlIsKept) {
  const auto set = SetOf("a.example.com.", dns::Type::kA, dns::RecordSet::kMaxTtl, {"192.0.2.1"});
  const auto decoded =
      DecodeServed(KeyOf("a.example.com.", dns::Type::kA), EncodeServed(set, Apex()), Apex());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->ttl(), dns::RecordSet::kMaxTtl);
}

TEST(Served, ViewHasThePartsWithoutACopy) {
  const std::string served = Example("served-with-case");
  const auto view = ViewServed(served);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->ttl, 300U);
  EXPECT_EQ(view->owner_case, "\3WWW");
  EXPECT_EQ(view->count, 2U);
  EXPECT_EQ(view->rdata.size(), 12U);
  EXPECT_EQ(view->rdata.data() + view->rdata.size(), served.data() + served.size());
}

TEST(Served, EveryCutShortIsRefused) {
  for (const char* example : {"served", "served-with-case", "served-mx"}) {
    const std::string served = Example(example);
    for (size_t size = 0; size < served.size(); ++size) {
      const auto status = ViewServed(absl::string_view(served).substr(0, size)).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << example << " cut to " << size;
    }
    EXPECT_EQ(ViewServed(served + "x").status().code(), absl::StatusCode::kInvalidArgument);
  }
}

// `example` with the octet at `at` replaced.
absl::Status WithOctet(absl::string_view example, size_t at, int octet) {
  std::string served = Example(example);
  served.at(at) = static_cast<char>(octet);
  return DecodeServed(KeyOf("www.example.com.", dns::Type::kA), served, Apex()).status();
}

TEST(Served, UnknownVersionsAndKindsAreLeftAlone) {
  EXPECT_EQ(WithOctet("served", 0, 2).code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(WithOctet("served", 1, 2).code(), absl::StatusCode::kUnimplemented);
}

TEST(Served, DamageIsRefused) {
  const auto refused = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(WithOctet("served", 2, 0x80).code(), refused) << "TTL over 2^31 - 1";
  EXPECT_EQ(WithOctet("served", 8, 0).code(), refused) << "no records";
  EXPECT_EQ(WithOctet("served", 8, 1).code(), refused) << "a record too many";
  EXPECT_EQ(WithOctet("served", 8, 3).code(), refused) << "a record too few";
  EXPECT_EQ(WithOctet("served", 14, 3).code(), refused) << "records out of order";
  EXPECT_EQ(WithOctet("served", 14, 2).code(), refused) << "a record twice";
  EXPECT_EQ(WithOctet("served-with-case", 7, 4).code(), refused) << "a label that ends behind the owner";
  EXPECT_EQ(WithOctet("served-with-case", 7, 0).code(), refused) << "a label of no length";
  EXPECT_EQ(WithOctet("served-with-case", 7, 0xc0).code(), refused) << "a compressed label";
  EXPECT_EQ(WithOctet("served-with-case", 8, 'X').code(), refused) << "another owner than the key's";
}

TEST(Served, OwnersCaseWithoutUpperCaseLettersIsRefused) {
  std::string served = Example("served-with-case");
  served.replace(8, 3, "www");
  EXPECT_EQ(ViewServed(served).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Served, RecordDataHasToBeWellFormedForTheKeysType) {
  EXPECT_FALSE(DecodeServed(KeyOf("www.example.com.", dns::Type::kAaaa), Example("served"), Apex()).ok());
  EXPECT_FALSE(DecodeServed("no key", Example("served"), Apex()).ok());
}

// What comes in decodes to something that encodes to the same bytes, or is refused; nothing else happens.
TEST(Served, RandomDamageNeverPassesUnnoticedAsAnotherEncoding) {
  std::mt19937 random(11);
  const std::string key = KeyOf("www.example.com.", dns::Type::kA);
  int decoded_ones = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string served = Example(i % 2 == 0 ? "served" : "served-with-case").substr(0);
    for (size_t left = random() % 3 + 1; left > 0; --left)
      served[random() % served.size()] = static_cast<char>(random());
    const auto decoded = DecodeServed(key, served, Apex());
    if (!decoded.ok()) continue;
    ++decoded_ones;
    ASSERT_EQ(EncodeServed(*decoded, Apex()), served);
  }
  EXPECT_GT(decoded_ones, 0);
}

TEST(ControlPart, IsAsTheFormatPageSays) {
  const auto control = DecodeControl(Example("control"));
  ASSERT_TRUE(control.ok()) << control.status();
  EXPECT_EQ(control->origin, Origin::kUser);
  EXPECT_EQ(control->writer, "alice");
  EXPECT_EQ(control->comment, "moved");
  EXPECT_EQ(EncodeControl(*control), Example("control"));
}

TEST(ControlPart, EmptyAndLongestTextsComeBack) {
  for (const Control& control :
       {Control{Origin::kSystem, "", ""},
        Control{Origin::kSigner, std::string(kMaxWriterBytes, 'w'), std::string(kMaxCommentBytes, 'c')}}) {
    const auto decoded = DecodeControl(EncodeControl(control));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(decoded->origin, control.origin);
    EXPECT_EQ(decoded->writer, control.writer);
    EXPECT_EQ(decoded->comment, control.comment);
  }
}

TEST(ControlPart, LongerTextsAreCutBetweenCharacters) {
  // 254 octets and a character of two.
  const Control control = {Origin::kUser, std::string(254, 'w') + "\xc3\xa9", std::string(70'000, 'c')};
  const auto decoded = DecodeControl(EncodeControl(control));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->writer, std::string(254, 'w'));
  EXPECT_EQ(decoded->comment, std::string(kMaxCommentBytes, 'c'));
}

TEST(ControlPart, DamageIsRefused) {
  const std::string control = Example("control");
  for (size_t size = 0; size < control.size(); ++size) {
    EXPECT_EQ(DecodeControl(absl::string_view(control).substr(0, size)).status().code(),
              absl::StatusCode::kInvalidArgument)
        << size;
  }
  EXPECT_FALSE(DecodeControl(control + "x").ok());
  for (int origin : {0, 4, 255}) {
    std::string other = control;
    other[1] = static_cast<char>(origin);
    EXPECT_EQ(DecodeControl(other).status().code(), absl::StatusCode::kInvalidArgument) << origin;
  }
  std::string newer = control;
  newer[0] = 2;
  EXPECT_EQ(DecodeControl(newer).status().code(), absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace quartet::replication
