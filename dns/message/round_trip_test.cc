// What a writer writes, a reader reads back the same: any names, any types, any limit.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "dns/message/reader.h"
#include "dns/message/writer.h"
#include "dns/rdata/random_record_data.h"

namespace quartet::dns {
namespace {

RecordSet RandomRecordSet(std::mt19937& random) {
  while (true) {
    const Type type = TypesForTests()[random() % TypesForTests().size()];
    std::vector<RecordData> records;
    for (size_t left = 1 + random() % 4; left > 0; --left) records.push_back(RandomRecordData(type, random));
    // Two of the same value make no set: draw again.
    absl::StatusOr<RecordSet> set = RecordSet::Create(RandomName(random), random() >> 1, std::move(records));
    if (set.ok()) return *std::move(set);
  }
}

Edns RandomEdns(std::mt19937& random) {
  Edns edns{static_cast<uint16_t>(random()), static_cast<uint8_t>(random()), random() % 2 == 0, {}};
  for (size_t left = random() % 3; left > 0; --left) {
    edns.options.push_back({static_cast<uint16_t>(random()), std::vector<uint8_t>(random() % 20, 'o')});
  }
  return edns;
}

Header RandomHeader(std::mt19937& random, bool with_edns) {
  Header header;
  header.id = static_cast<uint16_t>(random());
  header.response = random() % 2 == 0;
  header.opcode = static_cast<Opcode>(random() % 16);
  header.authoritative = random() % 2 == 0;
  header.recursion_desired = random() % 2 == 0;
  header.recursion_available = random() % 2 == 0;
  header.authentic_data = random() % 2 == 0;
  header.checking_disabled = random() % 2 == 0;
  header.rcode = static_cast<Rcode>(random() % (with_edns ? 4096 : 16));
  return header;
}

void ExpectSame(const std::vector<Record>& read, const std::vector<RecordSet>& written) {
  size_t at = 0;
  for (const RecordSet& set : written) {
    for (const RecordData& data : set.records()) {
      ASSERT_LT(at, read.size());
      EXPECT_TRUE(read[at].owner.SameCase(set.owner()));
      EXPECT_EQ(read[at].ttl, set.ttl());
      EXPECT_EQ(read[at].data.type(), set.type());
      EXPECT_TRUE(std::equal(read[at].data.wire().begin(), read[at].data.wire().end(), data.wire().begin(),
                             data.wire().end()))
          << TypeName(set.type());
      ++at;
    }
  }
  EXPECT_EQ(at, read.size());
}

void RoundTrip(uint32_t seed) {
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const bool with_edns = random() % 2 == 0;
  const Header header = RandomHeader(random, with_edns);
  const size_t limit = random() % 2 == 0 ? kMaxMessageSize : 120 + random() % 1200;
  Writer writer(header, limit);
  const Edns edns = RandomEdns(random);
  if (with_edns) {
    ASSERT_TRUE(writer.SetEdns(edns));
  }
  const Question question{RandomName(random), static_cast<Type>(random()), static_cast<Class>(random())};
  const bool asked = writer.AddQuestion(question);
  std::vector<RecordSet> sections[3];
  for (Section section : {Section::kAnswer, Section::kAuthority, Section::kAdditional}) {
    for (size_t left = random() % 5; left > 0; --left) {
      RecordSet set = RandomRecordSet(random);
      if (writer.AddRecordSet(section, set)) sections[static_cast<size_t>(section)].push_back(std::move(set));
    }
  }
  const bool truncated = writer.truncated();
  const std::vector<uint8_t> wire = std::move(writer).Finish();
  ASSERT_LE(wire.size(), limit);
  Message message;
  const ReadError error = ReadMessage(wire, message);
  ASSERT_EQ(error, ReadError::kNone) << ReadErrorText(error);
  EXPECT_EQ(message.header.id, header.id);
  EXPECT_EQ(message.header.opcode, header.opcode);
  EXPECT_EQ(message.header.rcode, header.rcode);
  EXPECT_EQ(message.header.truncated, truncated);
  ASSERT_EQ(message.questions.size(), asked ? 1u : 0u);
  if (asked) {
    EXPECT_TRUE(message.questions[0].name.SameCase(question.name));
  }
  ExpectSame(message.answer, sections[0]);
  ExpectSame(message.authority, sections[1]);
  ExpectSame(message.additional, sections[2]);
  ASSERT_EQ(message.edns.has_value(), with_edns);
  if (!with_edns) return;
  EXPECT_EQ(message.edns->udp_payload, edns.udp_payload);
  EXPECT_EQ(message.edns->version, edns.version);
  EXPECT_EQ(message.edns->dnssec_ok, edns.dnssec_ok);
  EXPECT_EQ(message.edns->options.size(), edns.options.size());
}

TEST(RoundTripTest, WhatIsWrittenIsReadBackTheSame) {
  for (uint32_t seed = 1; seed <= 3000 && !testing::Test::HasFailure(); ++seed) RoundTrip(seed);
}

}  // namespace
}  // namespace quartet::dns
