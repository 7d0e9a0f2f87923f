#include "dns/name/name.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace quartet::dns {
namespace {

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string ErrorOf(absl::string_view text, const Name& origin = Name()) {
  const absl::StatusOr<Name> name = Name::Parse(text, origin);
  EXPECT_EQ(name.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(name.status().message());
}

// Four labels that together are exactly 255 octets of wire format.
std::string LongestText() {
  return std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
         std::string(61, 'd') + ".";
}

TEST(NameTest, TheDefaultIsTheRoot) {
  EXPECT_TRUE(Name().is_root());
  EXPECT_EQ(Name().ToString(), ".");
  EXPECT_EQ(Name().label_count(), 0u);
  EXPECT_EQ(Name(), Of("."));
  EXPECT_EQ(Name().Parent(), Name());
}

TEST(NameTest, ParseWritesLabelsBehindTheirLengths) {
  const Name name = Of("www.Example.com.");
  EXPECT_EQ(std::string(name.wire().begin(), name.wire().end()), std::string("\3www\7Example\3com\0", 17));
  EXPECT_EQ(name.label_count(), 3u);
  EXPECT_EQ(name.label(1), "Example");
  EXPECT_EQ(name.ToString(), "www.Example.com.");
}

TEST(NameTest, ParseCompletesRelativeNamesWithTheOrigin) {
  const Name origin = Of("example.com.");
  EXPECT_EQ(Name::Parse("mail", origin)->ToString(), "mail.example.com.");
  EXPECT_EQ(Name::Parse("mail.example.net.", origin)->ToString(), "mail.example.net.");
  EXPECT_EQ(*Name::Parse("@", origin), origin);
  EXPECT_EQ(Name::Parse("\\@", origin)->ToString(), "\\@.example.com.");
  EXPECT_EQ(Name::Parse("mail\\.", origin)->label_count(), 3u);
}

TEST(NameTest, ParseReadsEscapes) {
  EXPECT_EQ(Of("a\\.b.").label(0), "a.b");
  EXPECT_EQ(Of("\\000\\255.").label(0), std::string("\0\xff", 2));
  EXPECT_EQ(Of("\\065.").label(0), "A");
  EXPECT_EQ(Of("\\\\.").label(0), "\\");
}

TEST(NameTest, ParseSaysWhatIsWrongAndWhere) {
  EXPECT_EQ(ErrorOf(""), "domain name: empty text at character 1");
  EXPECT_EQ(ErrorOf("a..b."), "domain name: empty label at character 3");
  EXPECT_EQ(ErrorOf(".a."), "domain name: empty label at character 1");
  EXPECT_EQ(ErrorOf(".."), "domain name: empty label at character 1");
  EXPECT_EQ(ErrorOf("ab\\"), "domain name: nothing behind the backslash at character 3");
  EXPECT_EQ(ErrorOf("a\\25."), "domain name: escape without three digits at character 2");
  EXPECT_EQ(ErrorOf("a\\2"), "domain name: escape without three digits at character 2");
  EXPECT_EQ(ErrorOf("\\256."), "domain name: escape over 255 at character 1");
  EXPECT_EQ(ErrorOf("x." + std::string(64, 'a') + "."), "domain name: label over 63 octets at character 3");
}

TEST(NameTest, ParseHoldsTheLimitsOfRfc1035Section234) {
  EXPECT_EQ(Of(LongestText()).wire().size(), 255u);
  EXPECT_NE(ErrorOf("x" + LongestText()).find("over 63"), std::string::npos);
  EXPECT_NE(ErrorOf("x." + LongestText()).find("over 255"), std::string::npos);
  const Name origin = Of(LongestText());
  EXPECT_NE(ErrorOf("x", origin).find("over 255"), std::string::npos);
  std::string most;
  for (int i = 0; i < 127; ++i) most += "a.";
  EXPECT_EQ(Of(most).label_count(), Name::kMaxLabels);
  ErrorOf("a." + most);
}

TEST(NameTest, FromWireTakesOneWholeName) {
  EXPECT_EQ(*Name::FromWire(Bytes(std::string("\3www\0", 5))), Of("www."));
  EXPECT_EQ(*Name::FromWire(Bytes(std::string("\0", 1))), Name());
  EXPECT_FALSE(Name::FromWire({}).ok());
  EXPECT_FALSE(Name::FromWire(Bytes("\3www")).ok());
  EXPECT_FALSE(Name::FromWire(Bytes("\4www")).ok());
  EXPECT_FALSE(Name::FromWire(Bytes(std::string("\3www\0x", 6))).ok());
  EXPECT_FALSE(Name::FromWire(Bytes(std::string("\xc0\0", 2))).ok());
  EXPECT_FALSE(Name::FromWire(Bytes(std::string("\x40") + std::string(64, 'a') + std::string(1, '\0'))).ok());
  EXPECT_FALSE(Name::FromWire(Bytes(std::string(300, '\1'))).ok());
}

TEST(NameTest, AncestorsLoseLabelsFromTheLeft) {
  const Name name = Of("a.b.example.com.");
  EXPECT_EQ(name.Parent(), Of("b.example.com."));
  EXPECT_EQ(name.Ancestor(0), name);
  EXPECT_EQ(name.Ancestor(2), Of("example.com."));
  EXPECT_EQ(name.Ancestor(4), Name());
}

TEST(NameTest, IsWithinGoesByLabelsNotByOctets) {
  const Name apex = Of("example.com.");
  EXPECT_TRUE(Of("example.com.").IsWithin(apex));
  EXPECT_TRUE(Of("www.EXAMPLE.com.").IsWithin(apex));
  EXPECT_TRUE(apex.IsWithin(Name()));
  EXPECT_FALSE(Of("notexample.com.").IsWithin(apex));
  EXPECT_FALSE(Of("com.").IsWithin(apex));
  EXPECT_FALSE(Of("www.example.net.").IsWithin(apex));
  // The octets "\7example\3com\0" stand in this one label too.
  EXPECT_FALSE(Of("x\\007example\\003com.").IsWithin(apex));
}

TEST(NameTest, PrependPutsALabelInFrontWithinTheLimits) {
  EXPECT_EQ(*Of("example.com.").Prepend("www"), Of("www.example.com."));
  EXPECT_FALSE(Name().Prepend("").ok());
  EXPECT_FALSE(Name().Prepend(std::string(64, 'a')).ok());
  EXPECT_TRUE(Name().Prepend(std::string(63, 'a')).ok());
  EXPECT_FALSE(Of(LongestText()).Prepend("a").ok());
}

TEST(NameTest, WildcardsAreAnAsteriskAloneInTheLeftmostLabel) {
  EXPECT_TRUE(Of("*.example.com.").is_wildcard());
  EXPECT_TRUE(Of("\\042.example.com.").is_wildcard());
  EXPECT_FALSE(Of("**.example.com.").is_wildcard());
  EXPECT_FALSE(Of("a.*.example.com.").is_wildcard());
  EXPECT_FALSE(Name().is_wildcard());
}

TEST(NameTest, TextAndWireOfAnyNameComeBackTheSame) {
  std::mt19937 random(20261);
  for (int i = 0; i < 5000; ++i) {
    Name name;
    for (size_t labels = random() % 6; labels > 0; --labels) {
      std::string label(1 + random() % (random() % 8 == 0 ? 63 : 6), '\0');
      for (char& c : label) c = static_cast<char>(random());
      if (absl::StatusOr<Name> longer = name.Prepend(label); longer.ok()) name = *longer;
    }
    const absl::StatusOr<Name> text = Name::Parse(name.ToString());
    ASSERT_TRUE(text.ok()) << text.status() << " " << name.ToString();
    ASSERT_TRUE(text->SameCase(name)) << name.ToString();
    const absl::StatusOr<Name> wire = Name::FromWire(name.wire());
    ASSERT_TRUE(wire.ok() && wire->SameCase(name)) << name.ToString();
  }
}

}  // namespace
}  // namespace quartet::dns
