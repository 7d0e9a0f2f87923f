// RFC 6891: the OPT record, read and written.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dns/message/reader.h"
#include "dns/message/writer.h"

namespace quartet::dns {
namespace {

using Wire = std::vector<uint8_t>;

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

Wire MessageOf(uint8_t answers, uint8_t additionals, const std::string& rest) {
  std::string wire("\0\1\0\3\0\0\0\0\0\0\0\0", 12);
  wire[7] = static_cast<char>(answers);
  wire[11] = static_cast<char>(additionals);
  wire += rest;
  return {wire.begin(), wire.end()};
}

// An OPT record with payload 1232, extended rcode 1, version 0, DO, and `options`.
std::string Opt(const std::string& options) {
  return std::string("\0\0\x29\x04\xd0\x01\0\x80\0\0", 10) + static_cast<char>(options.size()) + options;
}

ReadError Read(const Wire& wire) {
  Message message;
  return ReadMessage(wire, message);
}

TEST(Rfc6891, Section613FieldsOfOptAreRead) {
  Message message;
  const std::string options("\0\3\0\0\0\12\0\2xy", 10);
  ASSERT_EQ(ReadMessage(MessageOf(0, 1, Opt(options)), message), ReadError::kNone);
  ASSERT_TRUE(message.edns.has_value());
  EXPECT_TRUE(message.additional.empty());
  EXPECT_EQ(message.edns->udp_payload, 1232);
  EXPECT_EQ(message.edns->version, 0);
  EXPECT_TRUE(message.edns->dnssec_ok);
  ASSERT_EQ(message.edns->options.size(), 2u);
  EXPECT_EQ(message.edns->options[0].code, 3);
  EXPECT_TRUE(message.edns->options[0].data.empty());
  EXPECT_EQ(message.edns->options[1].code, 10);
  EXPECT_EQ(message.edns->options[1].data, (Wire{'x', 'y'}));
  // The header has 3, OPT 1 above it.
  EXPECT_EQ(static_cast<int>(message.header.rcode), 0x13);
}

TEST(Rfc6891, Section611OneOptInTheAdditionalSection) {
  EXPECT_EQ(Read(MessageOf(0, 2, Opt("") + Opt(""))), ReadError::kSecondOpt);
  EXPECT_EQ(Read(MessageOf(1, 0, Opt(""))), ReadError::kOptSection);
}

TEST(Rfc6891, Section612OptBelongsToTheRoot) {
  EXPECT_EQ(Read(MessageOf(0, 1, "\1a" + Opt(""))), ReadError::kOptOwner);
}

TEST(Rfc6891, Section612OptionsFillTheRecordData) {
  EXPECT_EQ(Read(MessageOf(0, 1, Opt(std::string("\0\3\0\1", 4)))), ReadError::kOptOptions);
  EXPECT_EQ(Read(MessageOf(0, 1, Opt(std::string("\0\3\0\0x", 5)))), ReadError::kOptOptions);
  EXPECT_EQ(Read(MessageOf(0, 1, Opt(std::string("\0\3\0", 3)))), ReadError::kOptOptions);
}

TEST(Rfc6891, OptionsVersionAndExtendedRcodeComeBack) {
  Header header;
  header.response = true;
  header.rcode = Rcode::kBadVers;
  Writer writer(header);
  ASSERT_TRUE(writer.SetEdns(Edns{4096, 1, true, {{10, Wire(8, 'c')}, {65001, {}}}}));
  ASSERT_TRUE(writer.AddQuestion({Of("example."), Type::kA, Class::kIn}));
  Message message;
  ASSERT_EQ(ReadMessage(std::move(writer).Finish(), message), ReadError::kNone);
  EXPECT_EQ(message.header.rcode, Rcode::kBadVers);
  EXPECT_EQ(message.header.additional_count, 1);
  ASSERT_TRUE(message.edns.has_value());
  EXPECT_EQ(message.edns->udp_payload, 4096);
  EXPECT_EQ(message.edns->version, 1);
  EXPECT_TRUE(message.edns->dnssec_ok);
  ASSERT_EQ(message.edns->options.size(), 2u);
  EXPECT_EQ(message.edns->options[0].data, Wire(8, 'c'));
}

TEST(Rfc6891, QueriesCarryOptIfAsked) {
  Message message;
  const Question question{Of("example."), Type::kSoa, Class::kIn};
  ASSERT_EQ(ReadMessage(WriteQuery(7, question, true), message), ReadError::kNone);
  EXPECT_EQ(message.header.id, 7);
  EXPECT_TRUE(message.header.recursion_desired);
  EXPECT_FALSE(message.header.response);
  EXPECT_EQ(message.questions[0].type, Type::kSoa);
  EXPECT_FALSE(message.edns.has_value());
  ASSERT_EQ(ReadMessage(WriteQuery(7, question, false, Edns{}), message), ReadError::kNone);
  EXPECT_FALSE(message.header.recursion_desired);
  ASSERT_TRUE(message.edns.has_value());
  EXPECT_EQ(message.edns->udp_payload, 1232);
}

TEST(Rfc6891, RoomForOptIsKept) {
  Writer writer(Header{}, 12 + 11);
  EXPECT_TRUE(writer.SetEdns(Edns{}));
  EXPECT_FALSE(writer.AddQuestion({Name(), Type::kA, Class::kIn}));
  const Wire wire = std::move(writer).Finish();
  EXPECT_EQ(wire.size(), 23u);
  EXPECT_EQ(Read(wire), ReadError::kNone);
  Writer small(Header{}, 12 + 10);
  EXPECT_FALSE(small.SetEdns(Edns{}));
  EXPECT_EQ(std::move(small).Finish().size(), 12u);
}

}  // namespace
}  // namespace quartet::dns
