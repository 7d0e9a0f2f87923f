#include "config/yaml_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace quartet::config {
namespace {

// "3: what is wrong".
std::string Fault(absl::string_view text) {
  size_t line = 0;
  const absl::StatusOr<YamlValue> value = ParseYaml(text, line);
  return value.ok() ? "none" : absl::StrCat(line, ": ", std::string(value.status().message()));
}

TEST(YamlReaderTest, ReadsTextsListsAndMappingsWithTheirLines) {
  size_t line = 0;
  const absl::StatusOr<YamlValue> root = ParseYaml(
      "# ours\n"
      "registries:\n"
      "  sandbox:\n"
      "    tlds: [test,\n"
      "           example]\n"
      "    port: \"700\"\n"
      "empty:\n",
      line);
  ASSERT_TRUE(root.ok()) << root.status();
  ASSERT_EQ(root->fields.size(), 2u);
  EXPECT_EQ(root->fields[0].name, "registries");
  EXPECT_EQ(root->fields[0].line, 2u);
  const YamlField& sandbox = root->fields[0].value.fields.at(0);
  EXPECT_TRUE(sandbox.value.is_map());
  EXPECT_EQ(sandbox.line, 3u);
  const YamlValue& tlds = sandbox.value.fields.at(0).value;
  ASSERT_TRUE(tlds.is_list());
  ASSERT_EQ(tlds.items.size(), 2u);
  EXPECT_EQ(tlds.items[1].text, "example");
  EXPECT_EQ(tlds.items[1].line, 5u);
  EXPECT_EQ(sandbox.value.fields.at(1).value.text, "700");
  EXPECT_TRUE(root->fields[1].value.is_text());
  EXPECT_EQ(root->fields[1].value.text, "");
}

TEST(YamlReaderTest, AnEmptyFileIsAnEmptyMapping) {
  size_t line = 0;
  for (const char* text : {"", "# nothing yet\n", "---\n{}\n"}) {
    const absl::StatusOr<YamlValue> root = ParseYaml(text, line);
    ASSERT_TRUE(root.ok()) << root.status();
    EXPECT_TRUE(root->is_map());
    EXPECT_TRUE(root->fields.empty());
  }
}

TEST(YamlReaderTest, SaysWhereItIsWrong) {
  EXPECT_EQ(Fault("a: b\nc: d\na: e\n"), "3: a stands there twice");
  EXPECT_EQ(Fault("a: &x {b: c}\nd: *x\n"), "2: aliases are not read");
  EXPECT_EQ(Fault("a: b\n---\nc: d\n"), "2: a second document begins, and one is wanted");
  EXPECT_EQ(Fault("- a\n"), "1: a mapping of names to values is wanted");
  EXPECT_EQ(Fault("? [a]\n: b\n"), "1: a name is one text");
  EXPECT_EQ(Fault("a: b\n\tc: d\n").substr(0, 18), "2: it is no YAML: ");
  EXPECT_EQ(Fault("a: \xff\n").substr(3, 15), "it is no YAML: ");
}

TEST(YamlReaderTest, BoundsHowDeepValuesLie) {
  EXPECT_EQ(Fault("a: [[[[[[[1]]]]]]]\n"), "none");
  EXPECT_EQ(Fault("a: [[[[[[[[1]]]]]]]]\n"), "1: values lie too deep in each other");
  EXPECT_EQ(Fault(absl::StrCat("a: ", std::string(100'000, '['))), "1: values lie too deep in each other");
}

}  // namespace
}  // namespace quartet::config
