#include "dns/message/writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dns/message/reader.h"

namespace quartet::dns {
namespace {

using Wire = std::vector<uint8_t>;

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

// `count` addresses of `owner`.
RecordSet Addresses(absl::string_view owner, size_t count) {
  std::vector<RecordData> records;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t wire[] = {192, 0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    records.push_back(RecordData::FromWire(Type::kA, wire).value());
  }
  return RecordSet::Create(Of(owner), 300, std::move(records)).value();
}

Message Reread(Writer writer) {
  Message message;
  EXPECT_EQ(ReadMessage(std::move(writer).Finish(), message), ReadError::kNone);
  return message;
}

TEST(WriterTest, HeaderBitsAreRfc1035Section411) {
  Header header;
  header.id = 0xbeef;
  header.response = header.authoritative = header.recursion_desired = header.authentic_data = true;
  header.opcode = Opcode::kNotify;
  header.rcode = Rcode::kRefused;
  header.answer_count = 77;  // ignored
  const Wire wire = Writer(header).Finish();
  EXPECT_EQ(wire, (Wire{0xbe, 0xef, 0xa5, 0x25, 0, 0, 0, 0, 0, 0, 0, 0}));
  header = Header();
  header.truncated = header.recursion_available = header.checking_disabled = true;
  EXPECT_EQ(Writer(header).Finish(), (Wire{0, 0, 0x02, 0x90, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(WriterTest, SectionsComeBackAsWritten) {
  Writer writer(Header{});
  ASSERT_TRUE(writer.AddQuestion({Of("www.example."), Type::kA, Class::kIn}));
  ASSERT_TRUE(writer.AddRecordSet(Section::kAnswer, Addresses("www.example.", 3)));
  ASSERT_TRUE(
      writer.AddRecord(Section::kAuthority, {Of("example."), Class::kIn, 60, MakeNs(Of("ns.example."))}));
  ASSERT_TRUE(writer.AddRecordSet(Section::kAdditional, Addresses("ns.example.", 1)));
  const Message message = Reread(std::move(writer));
  EXPECT_EQ(message.header.question_count, 1);
  ASSERT_EQ(message.answer.size(), 3u);
  EXPECT_EQ(message.answer[2].owner, Of("www.example."));
  EXPECT_EQ(message.answer[2].ttl, 300u);
  EXPECT_EQ(message.answer[2].data, Addresses("x.", 3).records()[2]);
  ASSERT_EQ(message.authority.size(), 1u);
  EXPECT_EQ(message.authority[0].data, MakeNs(Of("ns.example.")));
  ASSERT_EQ(message.additional.size(), 1u);
  EXPECT_FALSE(message.header.truncated);
}

TEST(WriterTest, Rfc2181Section9RecordSetsAreWholeOrTruncated) {
  // Header, question of 17 octets, and sixteen octets an address.
  const size_t question = 12 + 13 + 4;
  for (size_t limit : {question + size_t{160}, question + size_t{160} - 1}) {
    Writer writer(Header{}, limit);
    ASSERT_TRUE(writer.AddQuestion({Of("www.example."), Type::kA, Class::kIn}));
    const bool fits = limit == question + size_t{160};
    EXPECT_EQ(writer.AddRecordSet(Section::kAnswer, Addresses("www.example.", 10)), fits);
    EXPECT_EQ(writer.truncated(), !fits);
    const Message message = Reread(std::move(writer));
    EXPECT_EQ(message.header.truncated, !fits);
    EXPECT_EQ(message.answer.size(), fits ? 10u : 0u);
  }
}

TEST(WriterTest, Rfc2181Section9NothingFollowsWhatWasTruncated) {
  Writer writer(Header{}, 512);
  ASSERT_TRUE(writer.AddQuestion({Of("www.example."), Type::kA, Class::kIn}));
  ASSERT_TRUE(writer.AddRecordSet(Section::kAnswer, Addresses("www.example.", 1)));
  EXPECT_FALSE(writer.AddRecordSet(Section::kAuthority, Addresses("a.example.", 200)));
  EXPECT_FALSE(writer.AddRecordSet(Section::kAdditional, Addresses("b.example.", 1)));
  const Message message = Reread(std::move(writer));
  EXPECT_TRUE(message.header.truncated);
  EXPECT_EQ(message.answer.size(), 1u);
  EXPECT_TRUE(message.authority.empty());
  EXPECT_TRUE(message.additional.empty());
}

TEST(WriterTest, Rfc2181Section9AdditionalSetsAreLeftOutSilently) {
  Writer writer(Header{}, 512);
  EXPECT_FALSE(writer.AddRecordSet(Section::kAdditional, Addresses("a.example.", 200)));
  EXPECT_TRUE(writer.AddRecordSet(Section::kAdditional, Addresses("b.example.", 1)));
  const Message message = Reread(std::move(writer));
  EXPECT_FALSE(message.header.truncated);
  ASSERT_EQ(message.additional.size(), 1u);
  EXPECT_EQ(message.additional[0].owner, Of("b.example."));
}

TEST(WriterTest, NothingPointsIntoWhatWasTakenBack) {
  Writer writer(Header{}, 100);
  EXPECT_FALSE(writer.AddRecordSet(Section::kAdditional, Addresses("gone.example.", 20)));
  ASSERT_TRUE(writer.AddRecordSet(Section::kAdditional, Addresses("here.gone.example.", 1)));
  ASSERT_TRUE(writer.AddRecordSet(Section::kAdditional, Addresses("gone.example.", 1)));
  const Message message = Reread(std::move(writer));
  EXPECT_EQ(message.additional[0].owner, Of("here.gone.example."));
  EXPECT_EQ(message.additional[1].owner, Of("gone.example."));
}

TEST(WriterTest, CountsDoNotWrap) {
  Writer writer(Header{});
  const Question root{Name(), Type::kA, Class::kIn};
  size_t written = 0;
  while (writer.AddQuestion(root)) ++written;
  EXPECT_EQ(written, (kMaxMessageSize - kHeaderSize) / 5);
  const Message message = Reread(std::move(writer));
  EXPECT_EQ(message.questions.size(), written);
  EXPECT_TRUE(message.header.truncated);
}

}  // namespace
}  // namespace quartet::dns
