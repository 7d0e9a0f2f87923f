#include <gtest/gtest.h>

#include "controller/registrar/epp/xml_reader.h"
#include "controller/registrar/epp/xml_writer.h"

namespace quartet::controller::epp {
namespace {

constexpr absl::string_view kSpace = "urn:a";

TEST(XmlReaderTest, TellsElementsByNamespaceWhateverTheirPrefix) {
  for (const absl::string_view text :
       {"<x:a xmlns:x='urn:a'><x:b> one\n two </x:b></x:a>", "<a xmlns='urn:a'><b>one two</b></a>",
        "<a xmlns='urn:a'><y:b xmlns:y='urn:a'><![CDATA[one two]]></y:b></a>"}) {
    const absl::StatusOr<XmlDocument> document = XmlDocument::Parse(text);
    ASSERT_TRUE(document.ok()) << document.status();
    EXPECT_TRUE(document->root().Is(kSpace, "a"));
    EXPECT_EQ(document->root().ChildText(kSpace, "b"), "one two");
  }
}

TEST(XmlReaderTest, AnElementOfAnotherNamespaceIsAnother) {
  const absl::StatusOr<XmlDocument> document =
      XmlDocument::Parse("<a xmlns='urn:a'><b xmlns='urn:b'>text</b></a>");
  ASSERT_TRUE(document.ok());
  EXPECT_FALSE(document->root().Child(kSpace, "b").has_value());
  EXPECT_EQ(document->root().Children().size(), 1u);
}

TEST(XmlReaderTest, ReadsAttributes) {
  const absl::StatusOr<XmlDocument> document =
      XmlDocument::Parse("<a code='1000' p:other='x' xmlns:p='urn:p'/>");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->root().Attribute("code"), "1000");
  EXPECT_EQ(document->root().Attribute("other"), std::nullopt);
}

TEST(XmlReaderTest, RefusesADoctypeSoThatNothingIsExpandedOrFetched) {
  for (const absl::string_view text : {"<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
                                       "<!DOCTYPE a [<!ENTITY x 'y'><!ENTITY z '&x;&x;&x;'>]><a>&z;</a>"}) {
    const absl::Status status = XmlDocument::Parse(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find("DOCTYPE"), absl::string_view::npos) << status;
  }
}

TEST(XmlReaderTest, RefusesWhatIsNotWellFormed) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  for (const std::string& text :
       {std::string(), std::string("<a>"), std::string("<a></b>"), std::string("text"),
        std::string("<a>&undefined;</a>"), std::string("<a>\x01</a>"), std::string("<a/><b/>"),
        std::string("<a>\xff</a>"), deep}) {
    EXPECT_EQ(XmlDocument::Parse(text).status().code(), absl::StatusCode::kInvalidArgument)
        << text.substr(0, 40);
  }
}

TEST(XmlWriterTest, WritesElementsWithNamespacesAndEscapes) {
  XmlWriter writer;
  writer.Start("epp", "urn:e").Start("d:check", "urn:d").Attribute("q", "a\"<").Element("d:name", "x & <y>");
  EXPECT_EQ(
      writer.Finish(),
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
      "<epp xmlns=\"urn:e\"><d:check xmlns:d=\"urn:d\" q=\"a&quot;&lt;\"><d:name>x &amp; &lt;y&gt;</d:name>"
      "</d:check></epp>\n");
}

TEST(XmlWriterTest, WhateverTextItIsGivenIsReadAgain) {
  for (int byte = 0; byte < 256; ++byte) {
    XmlWriter writer;
    writer.Start("a")
        .Attribute("b", std::string(1, static_cast<char>(byte)))
        .Text(std::string(3, static_cast<char>(byte)));
    const std::string text = writer.Finish();
    EXPECT_TRUE(XmlDocument::Parse(text).ok()) << byte << ": " << text;
  }
}

TEST(XmlWriterTest, FormsLongerThanACharacterNeedsAreLeftOut) {
  XmlWriter writer;
  writer.Start("a").Text("x\xe0\x98\x98y\xf0\x80\x98\x98z").End();
  const std::string text = writer.Finish();
  EXPECT_TRUE(XmlDocument::Parse(text).ok()) << text;
}

}  // namespace
}  // namespace quartet::controller::epp
