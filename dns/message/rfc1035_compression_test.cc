// RFC 1035 §4.1.4: compressed names, read and written.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dns/message/reader.h"
#include "dns/message/writer.h"

namespace quartet::dns {
namespace {

using Wire = std::vector<uint8_t>;

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

std::string Pointer(size_t target) {
  return {static_cast<char>(0xc0 | target >> 8), static_cast<char>(target & 0xff)};
}

// Reads the name at `at` in a message of twelve octets and `rest`.
ReadError ReadAt(const std::string& rest, size_t at, std::string* text = nullptr, size_t* behind = nullptr) {
  const std::string all = std::string(12, '\1') + rest;
  const Wire wire(all.begin(), all.end());
  WireName name;
  const ReadError error = ReadName(wire, at, name);
  if (error == ReadError::kNone && text != nullptr) *text = name.ToName().ToString();
  if (behind != nullptr) *behind = at;
  return error;
}

TEST(Rfc1035, Section414TheExampleOfTheRfcIsRead) {
  // F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.
  const std::string gap(64 - 46, 'x');
  const std::string rest = std::string(8, 'x') + std::string("\1F\3ISI\4ARPA\0", 12) + std::string(8, 'x') +
                           "\3FOO" + Pointer(20) + gap + Pointer(26) + std::string(26, 'x') +
                           std::string(1, '\0');
  std::string text;
  size_t behind = 0;
  ASSERT_EQ(ReadAt(rest, 20, &text, &behind), ReadError::kNone);
  EXPECT_EQ(text, "F.ISI.ARPA.");
  EXPECT_EQ(behind, 32u);
  ASSERT_EQ(ReadAt(rest, 40, &text, &behind), ReadError::kNone);
  EXPECT_EQ(text, "FOO.F.ISI.ARPA.");
  EXPECT_EQ(behind, 46u);
  ASSERT_EQ(ReadAt(rest, 64, &text, &behind), ReadError::kNone);
  EXPECT_EQ(text, "ARPA.");
  EXPECT_EQ(behind, 66u);
  ASSERT_EQ(ReadAt(rest, 92, &text), ReadError::kNone);
  EXPECT_EQ(text, ".");
}

TEST(Rfc1035, Section414PointersGoBackOnly) {
  EXPECT_EQ(ReadAt(Pointer(12), 12), ReadError::kPointer);
  EXPECT_EQ(ReadAt(Pointer(14) + std::string(1, '\0'), 12), ReadError::kPointer);
  // Two that point at each other.
  EXPECT_EQ(ReadAt(Pointer(14) + Pointer(12), 14), ReadError::kPointer);
  // A label, then back to that label.
  EXPECT_EQ(ReadAt("\1a" + Pointer(12), 12), ReadError::kPointer);
  // Into the middle of what has been read.
  EXPECT_EQ(ReadAt("\3a\1b" + Pointer(14), 12), ReadError::kPointer);
  // Beyond the message.
  EXPECT_EQ(ReadAt(Pointer(0x3fff), 12), ReadError::kPointer);
}

TEST(Rfc1035, Section414PointersDoNotGoIntoTheHeader) {
  EXPECT_EQ(ReadAt(Pointer(0), 12), ReadError::kPointer);
  EXPECT_EQ(ReadAt(Pointer(11), 12), ReadError::kPointer);
}

TEST(Rfc1035, Section414PointersToPointersAreFollowedAsFarAsANameHasLabels) {
  std::string chain(1, '\0');
  size_t last = 12;
  for (int i = 0; i < 127; ++i) {
    const size_t here = 12 + chain.size();
    chain += Pointer(last);
    last = here;
  }
  std::string text;
  EXPECT_EQ(ReadAt(chain, last, &text), ReadError::kNone);
  EXPECT_EQ(text, ".");
  EXPECT_EQ(ReadAt(chain + Pointer(last), 12 + chain.size()), ReadError::kPointer);
}

TEST(Rfc1035, Section414NamesEndWithinTheMessage) {
  EXPECT_EQ(ReadAt("", 12), ReadError::kEndsEarly);
  EXPECT_EQ(ReadAt("\3ab", 12), ReadError::kEndsEarly);
  EXPECT_EQ(ReadAt("\3abc", 12), ReadError::kEndsEarly);
  EXPECT_EQ(ReadAt("\xc0", 12), ReadError::kEndsEarly);
}

TEST(Rfc1035, Section414OtherLabelTypesAreRefused) {
  EXPECT_EQ(ReadAt(std::string("\x40\0", 2), 12), ReadError::kLabelType);
  EXPECT_EQ(ReadAt(std::string("\x80\0", 2), 12), ReadError::kLabelType);
}

TEST(Rfc1035, Section234NamesOver255OctetsAreRefusedCompressedOrNot) {
  std::string three;
  for (int i = 0; i < 3; ++i) three += '\x3f' + std::string(63, 'a');
  const std::string fits = '\x3d' + std::string(61, 'a');
  EXPECT_EQ(ReadAt(three + fits + std::string(1, '\0'), 12), ReadError::kNone);
  EXPECT_EQ(ReadAt(three + "\x3e" + std::string(62, 'a') + std::string(1, '\0'), 12),
            ReadError::kNameTooLong);
  const std::string tail = three + std::string(1, '\0');
  EXPECT_EQ(ReadAt(tail + fits + Pointer(12), 12 + tail.size()), ReadError::kNone);
  EXPECT_EQ(ReadAt(tail + "\1b" + fits + Pointer(12), 12 + tail.size()), ReadError::kNameTooLong);
}

Wire Answer(const Record& record) {
  Writer writer(Header{});
  EXPECT_TRUE(writer.AddQuestion({Of("www.example.com."), record.data.type(), Class::kIn}));
  EXPECT_TRUE(writer.AddRecord(Section::kAnswer, record));
  return std::move(writer).Finish();
}

RecordData Data(Type type, const std::string& wire) {
  return RecordData::FromWire(type, {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()}).value();
}

constexpr size_t kQuestionEnd = 12 + 17 + 4;

TEST(Rfc1035, Section414OwnersAndNamesOfRfc1035TypesAreCompressed) {
  const std::string name("\2mx\7example\3com\0", 16);
  const Wire wire =
      Answer({Of("www.example.com."), Class::kIn, 60, Data(Type::kMx, std::string("\0\12", 2) + name)});
  // Owner, fixed fields, preference, "mx" and a pointer to "example.com.".
  EXPECT_EQ(wire.size(), kQuestionEnd + 2 + 10 + 2 + 3 + 2);
  Message message;
  ASSERT_EQ(ReadMessage(wire, message), ReadError::kNone);
  EXPECT_EQ(message.answer[0].data.Names()[0], Of("mx.example.com."));
}

TEST(Rfc3597, Section4NamesOfLaterTypesAreNotCompressedWhenWritten) {
  const std::string name("\3sip\7example\3com\0", 17);
  const std::string srv("\0\1\0\2\0\3", 6);
  for (const auto& [type, front] : {std::pair(Type::kSrv, srv), std::pair(Type::kDname, std::string()),
                                    std::pair(Type::kSvcb, std::string("\0\1", 2))}) {
    const Wire wire = Answer({Of("www.example.com."), Class::kIn, 60, Data(type, front + name)});
    EXPECT_EQ(wire.size(), kQuestionEnd + 2 + 10 + front.size() + name.size()) << TypeName(type);
  }
}

Wire WithData(Type type, const std::string& data) {
  Wire wire(12, 0);
  wire[5] = wire[7] = 1;
  const std::string rest = std::string("\7example\0\0\1\0\1", 13) + Pointer(12) + '\0' +
                           static_cast<char>(static_cast<uint16_t>(type)) + std::string("\0\1\0\0\0\0\0", 7) +
                           static_cast<char>(data.size()) + data;
  wire.insert(wire.end(), rest.begin(), rest.end());
  return wire;
}

TEST(Rfc3597, Section4CompressedNamesOfOlderTypesAreRead) {
  Message message;
  ASSERT_EQ(ReadMessage(WithData(Type::kSrv, std::string("\0\1\0\2\0\3\3sip", 10) + Pointer(12)), message),
            ReadError::kNone);
  EXPECT_EQ(message.answer[0].data.Names()[0], Of("sip.example."));
}

TEST(Rfc3597, Section4CompressedNamesOfNewerTypesAreRefused) {
  Message message;
  EXPECT_EQ(ReadMessage(WithData(Type::kDname, "\3sip" + Pointer(12)), message), ReadError::kRecordData);
  EXPECT_EQ(ReadMessage(WithData(Type::kSvcb, std::string("\0\1", 2) + Pointer(12)), message),
            ReadError::kRecordData);
}

TEST(Rfc1035, Section414NamesInDataEndWithinTheData) {
  Message message;
  EXPECT_EQ(ReadMessage(WithData(Type::kNs, Pointer(12)), message), ReadError::kNone);
  EXPECT_EQ(ReadMessage(WithData(Type::kNs, "\3sip"), message), ReadError::kRecordData);
  EXPECT_EQ(ReadMessage(WithData(Type::kNs, Pointer(12) + "x"), message), ReadError::kRecordData);
  EXPECT_EQ(ReadMessage(WithData(Type::kNs, ""), message), ReadError::kRecordData);
}

TEST(Rfc4343, NamesAreCompressedAgainstTheSameCaseOnly) {
  Writer writer(Header{});
  ASSERT_TRUE(writer.AddQuestion({Of("WWW.example.COM."), Type::kNs, Class::kIn}));
  ASSERT_TRUE(writer.AddRecord(Section::kAnswer,
                               {Of("www.example.com."), Class::kIn, 60, MakeNs(Of("Ns.example.COM."))}));
  Message message;
  ASSERT_EQ(ReadMessage(std::move(writer).Finish(), message), ReadError::kNone);
  EXPECT_EQ(message.questions[0].name.ToString(), "WWW.example.COM.");
  EXPECT_EQ(message.answer[0].owner.ToString(), "www.example.com.");
  EXPECT_EQ(message.answer[0].data.Names()[0].ToString(), "Ns.example.COM.");
}

TEST(Rfc1035, Section414NothingPointsBeyondFourteenBits) {
  Writer writer(Header{});
  std::string text;
  for (int i = 0; i < 80; ++i) text += '\xff' + std::string(255, 'x');
  ASSERT_TRUE(writer.AddRecord(Section::kAnswer, {Of("a.example."), Class::kIn, 1, Data(Type::kTxt, text)}));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(writer.AddRecord(Section::kAnswer, {Of("b.example."), Class::kIn, 1, MakeNs(Of("c.test."))}));
  }
  Message message;
  ASSERT_EQ(ReadMessage(std::move(writer).Finish(), message), ReadError::kNone);
  EXPECT_EQ(message.answer[3].owner, Of("b.example."));
  EXPECT_EQ(message.answer[3].data, MakeNs(Of("c.test.")));
}

}  // namespace
}  // namespace quartet::dns
