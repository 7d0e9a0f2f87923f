#include "admin/yaml.h"

#include <gtest/gtest.h>

namespace quartet::admin {
namespace {

TEST(YamlOfJsonTest, WritesBlocks) {
  EXPECT_EQ(YamlOfJson(R"({"zones": [{"name": "zones/Z1", "serial": 12, "gone": false}], "none": []})"),
            "zones:\n- name: zones/Z1\n  serial: 12\n  gone: false\nnone: []\n");
}

TEST(YamlOfJsonTest, QuotesWhatCouldBeTakenForAnotherThing) {
  for (const char* text : {"12", "1e3", "0x10", "yes", "No", "null", "", " a", "a ", "~", "2026-03-01",
                           "a: b", "# a", "192.0.2.1", "nan"}) {
    EXPECT_EQ(YamlOfJson("{\"a\": \"" + std::string(text) + "\"}"), "a: \"" + std::string(text) + "\"\n");
  }
  EXPECT_EQ(YamlOfJson(R"({"a": "example.com."})"), "a: example.com.\n");
}

TEST(YamlOfJsonTest, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(YamlOfJson(R"({"a": "\u001b[2J\n\"\\\/"})"), "a: \"\\e[2J\\n\\\"\\\\/\"\n");
}

TEST(YamlOfJsonTest, KeepsOtherScripts) { EXPECT_EQ(YamlOfJson(R"({"a": "Zürich"})"), "a: \"Zürich\"\n"); }

TEST(YamlOfJsonTest, DoesNotFoldLongTexts) {
  const std::string text(500, 'x');
  EXPECT_EQ(YamlOfJson("{\"a\": \"" + text + " " + text + "\"}"), "a: " + text + " " + text + "\n");
}

}  // namespace
}  // namespace quartet::admin
