#include "dns/message/reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "dns/message/writer.h"

namespace quartet::dns {
namespace {

using Wire = std::vector<uint8_t>;

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

Wire Bytes(const std::string& text) { return {text.begin(), text.end()}; }

// A header with these counts, and `rest` behind it.
Wire MessageOf(uint8_t questions, uint8_t answers, uint8_t authorities, uint8_t additionals,
               const std::string& rest) {
  const auto counts = {questions, answers, authorities, additionals};
  std::string wire("\x12\x34\x84\0", 4);
  for (uint8_t count : counts) wire += {'\0', static_cast<char>(count)};
  return Bytes(wire + rest);
}

ReadError Read(const Wire& wire) {
  Message message;
  return ReadMessage(wire, message);
}

const std::string kQuestion("\3www\7example\0\0\1\0\1", 17);

TEST(ReaderTest, HeaderBitsAreRfc1035Section411) {
  Header header;
  const Wire wire = Bytes(std::string("\xbe\xef\xaf\xb5\0\1\0\2\0\3\1\4", 12));
  ASSERT_EQ(Reader(wire).ReadHeader(header), ReadError::kNone);
  EXPECT_EQ(header.id, 0xbeef);
  EXPECT_TRUE(header.response);
  EXPECT_EQ(header.opcode, Opcode::kUpdate);
  EXPECT_TRUE(header.authoritative);
  EXPECT_TRUE(header.truncated);
  EXPECT_TRUE(header.recursion_desired);
  EXPECT_TRUE(header.recursion_available);
  EXPECT_TRUE(header.authentic_data);
  EXPECT_TRUE(header.checking_disabled);
  EXPECT_EQ(header.rcode, Rcode::kRefused);
  EXPECT_EQ(header.question_count, 1);
  EXPECT_EQ(header.answer_count, 2);
  EXPECT_EQ(header.authority_count, 3);
  EXPECT_EQ(header.additional_count, 0x104);
}

TEST(ReaderTest, HeaderOfZerosIsAPlainQuery) {
  Header header;
  const Wire wire(12, 0);
  ASSERT_EQ(Reader(wire).ReadHeader(header), ReadError::kNone);
  EXPECT_FALSE(header.response || header.authoritative || header.truncated || header.recursion_desired ||
               header.recursion_available || header.authentic_data || header.checking_disabled);
  EXPECT_EQ(header.opcode, Opcode::kQuery);
  EXPECT_EQ(header.rcode, Rcode::kNoError);
}

TEST(ReaderTest, StepsThroughAMessageWithoutValues) {
  const Wire wire =
      MessageOf(1, 1, 0, 0, kQuestion + std::string("\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1", 16));
  Reader reader(wire);
  Header header;
  QuestionView question;
  RecordView record;
  ASSERT_EQ(reader.ReadHeader(header), ReadError::kNone);
  ASSERT_EQ(reader.ReadQuestion(question), ReadError::kNone);
  EXPECT_EQ(question.name.ToName(), Of("www.example."));
  EXPECT_EQ(question.type, Type::kA);
  EXPECT_EQ(question.record_class, Class::kIn);
  EXPECT_EQ(reader.ExpectEnd(), ReadError::kTrailing);
  ASSERT_EQ(reader.ReadRecord(record), ReadError::kNone);
  EXPECT_EQ(record.owner.ToName(), Of("www.example."));
  EXPECT_EQ(record.ttl, 300u);
  EXPECT_EQ(record.data_offset, wire.size() - 4);
  EXPECT_EQ(record.data.size(), 4u);
  EXPECT_EQ(reader.ExpectEnd(), ReadError::kNone);
}

TEST(ReaderTest, AnErrorLeavesTheReaderWhereItWas) {
  const Wire wire = MessageOf(2, 0, 0, 0, kQuestion + "\3www");
  Reader reader(wire);
  Header header;
  QuestionView question;
  ASSERT_EQ(reader.ReadHeader(header), ReadError::kNone);
  ASSERT_EQ(reader.ReadQuestion(question), ReadError::kNone);
  const size_t before = reader.offset();
  EXPECT_EQ(reader.ReadQuestion(question), ReadError::kEndsEarly);
  EXPECT_EQ(reader.offset(), before);
}

TEST(ReaderTest, ReadsAWholeMessage) {
  const std::string ns("\xc0\x10\0\2\0\1\0\0\0\x3c\0\5\2ns\xc0\x10", 17);
  const std::string glue("\xc0\x29\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1", 16);
  const Wire wire = MessageOf(1, 0, 1, 1, kQuestion + ns + glue);
  Message message;
  ASSERT_EQ(ReadMessage(wire, message), ReadError::kNone);
  EXPECT_EQ(message.header.id, 0x1234);
  ASSERT_EQ(message.questions.size(), 1u);
  EXPECT_EQ(message.questions[0].name, Of("www.example."));
  ASSERT_EQ(message.authority.size(), 1u);
  EXPECT_EQ(message.authority[0].owner, Of("example."));
  EXPECT_EQ(message.authority[0].data, MakeNs(Of("ns.example.")));
  ASSERT_EQ(message.additional.size(), 1u);
  EXPECT_EQ(message.additional[0].owner, Of("ns.example."));
  EXPECT_EQ(message.additional[0].ttl, 60u);
  EXPECT_FALSE(message.edns.has_value());
}

TEST(ReaderTest, EveryCutIsAnErrorAndSoIsAByteMore) {
  const std::string mx("\xc0\x0c\0\x0f\0\1\0\0\0\x3c\0\7\0\12\2mx\xc0\x10", 19);
  const Wire wire = MessageOf(1, 1, 0, 0, kQuestion + mx);
  ASSERT_EQ(Read(wire), ReadError::kNone);
  for (size_t size = 0; size < wire.size(); ++size) {
    EXPECT_EQ(Read(Wire(wire.begin(), wire.begin() + static_cast<ptrdiff_t>(size))), ReadError::kEndsEarly)
        << size;
  }
  Wire longer = wire;
  longer.push_back(0);
  EXPECT_EQ(Read(longer), ReadError::kTrailing);
  EXPECT_EQ(Read(Wire(65536, 0)), ReadError::kTrailing);
}

TEST(ReaderTest, CountsThatAreNotTrueAreErrors) {
  EXPECT_EQ(Read(MessageOf(2, 0, 0, 0, kQuestion)), ReadError::kEndsEarly);
  EXPECT_EQ(Read(MessageOf(0, 0, 0, 0, kQuestion)), ReadError::kTrailing);
  Wire most = MessageOf(1, 0, 0, 0, kQuestion);
  for (size_t at = 4; at < 12; ++at) most[at] = 0xff;
  EXPECT_EQ(Read(most), ReadError::kEndsEarly);
}

TEST(ReaderTest, Rfc2181Section8TtlsWithTheTopBitAreZero) {
  const std::string head("\xc0\x0c\0\1\0\1", 6);
  const std::string tail("\0\4\xc0\0\2\1", 6);
  Message message;
  ASSERT_EQ(
      ReadMessage(MessageOf(1, 1, 0, 0, kQuestion + head + std::string("\x80\0\0\1", 4) + tail), message),
      ReadError::kNone);
  EXPECT_EQ(message.answer[0].ttl, 0u);
  ASSERT_EQ(ReadMessage(MessageOf(1, 1, 0, 0, kQuestion + head + "\x7f\xff\xff\xff" + tail), message),
            ReadError::kNone);
  EXPECT_EQ(message.answer[0].ttl, 0x7fffffffu);
}

TEST(ReaderTest, MalformedRecordDataIsAnError) {
  const std::string head("\xc0\x0c\0\1\0\1\0\0\0\x3c", 10);
  EXPECT_EQ(Read(MessageOf(1, 1, 0, 0, kQuestion + head + std::string("\0\3\1\2\3", 5))),
            ReadError::kRecordData);
  EXPECT_EQ(Read(MessageOf(1, 1, 0, 0, kQuestion + head + std::string("\0\0", 2))), ReadError::kRecordData);
}

TEST(ReaderTest, AnyDamageToAMessageIsHandled) {
  std::mt19937 random(1987);
  Header header;
  header.response = true;
  Writer writer(header);
  ASSERT_TRUE(writer.SetEdns(Edns{4096, 0, true, {{10, Wire(8, 'c')}, {3, {}}}}));
  ASSERT_TRUE(writer.AddQuestion({Of("www.example."), Type::kMx, Class::kIn}));
  const RecordData soa = MakeSoa({Of("ns.example."), Of("host.example."), 1, 2, 3, 4, 5});
  ASSERT_TRUE(writer.AddRecord(Section::kAuthority, {Of("example."), Class::kIn, 60, soa}));
  ASSERT_TRUE(
      writer.AddRecord(Section::kAuthority, {Of("example."), Class::kIn, 60, MakeNs(Of("ns.example."))}));
  const Wire whole = std::move(writer).Finish();
  ASSERT_EQ(Read(whole), ReadError::kNone);
  size_t taken = 0;
  for (int i = 0; i < 50000; ++i) {
    Wire wire = whole;
    for (size_t left = 1 + random() % 3; left > 0; --left) {
      wire[random() % wire.size()] = static_cast<uint8_t>(random() % 2 == 0 ? random() : 0xc0);
    }
    taken += Read(wire) == ReadError::kNone ? 1 : 0;
  }
  EXPECT_GT(taken, 0u);
  EXPECT_LT(taken, 50000u);
}

}  // namespace
}  // namespace quartet::dns
