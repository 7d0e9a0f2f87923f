#include "admin/shell/completion.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace quartet::admin {
namespace {

class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest() {
    app_.fallthrough();
    app_.add_option("-o,--output", text_, "How")->check(CLI::IsMember({"table", "json"}));
    app_.add_option("--context", text_, "Which");
    CLI::App* zone = app_.add_subcommand("zone", "Zones");
    CLI::App* import = zone->add_subcommand("import", "Fill");
    import->add_option("ZONE", text_, "Which")->required();
    import->add_option("FILE", text_, "What")->required();
    import->add_flag("--wait", flag_, "Wait");
    import->add_option("--if-revision", number_, "Only then");
    zone->add_subcommand("list", "All");
    app_.add_subcommand("zebra", "An animal");
  }

  std::vector<std::string> Words(const std::vector<std::string>& words) {
    std::vector<std::string> names;
    for (const auto& [word, help] : Complete(Describe(app_), words).words) names.push_back(word);
    return names;
  }
  std::string Wanted(const std::vector<std::string>& words) { return Complete(Describe(app_), words).wanted; }

  CLI::App app_{"All", "quartet"};
  std::string text_;
  bool flag_ = false;
  int number_ = 0;
};

using Strings = std::vector<std::string>;

TEST_F(CompletionTest, Commands) {
  EXPECT_EQ(Words({"z"}), (Strings{"zone", "zebra"}));
  EXPECT_EQ(Words({}), (Strings{"zone", "zebra"}));
  EXPECT_EQ(Words({"zone", ""}), (Strings{"import", "list"}));
  EXPECT_EQ(Words({"-o", "json", "zone", "l"}), Strings{"list"});
  EXPECT_EQ(Words({"-o=json", "zone", "l"}), Strings{"list"});
  EXPECT_EQ(Words({"zone", "list", ""}), Strings{});
}

TEST_F(CompletionTest, OptionsOfTheCommandAndOfAll) {
  EXPECT_EQ(Words({"zone", "import", "--"}),
            (Strings{"--help", "--wait", "--if-revision", "--output", "--context"}));
  EXPECT_EQ(Words({"zone", "import", "--w"}), Strings{"--wait"});
}

TEST_F(CompletionTest, ValuesOfOptions) {
  EXPECT_EQ(Words({"zone", "-o", ""}), (Strings{"table", "json"}));
  EXPECT_EQ(Words({"--output", "j"}), Strings{"json"});
  EXPECT_EQ(Wanted({"zone", "import", "--context", ""}), "CONTEXT");
}

TEST_F(CompletionTest, ArgumentsInTheirOrder) {
  EXPECT_EQ(Wanted({"zone", "import", ""}), "ZONE");
  EXPECT_EQ(Wanted({"zone", "import", "--wait", ""}), "ZONE");
  EXPECT_EQ(Wanted({"zone", "import", "--if-revision", "3", "a.test", ""}), "FILE");
  EXPECT_EQ(Wanted({"zone", "import", "a.test", "file", ""}), "");
}

TEST_F(CompletionTest, WordsThatAreNoCommandDoNoHarm) {
  EXPECT_EQ(Words({"nonsense", "--what", ""}), (Strings{"zone", "zebra"}));
  EXPECT_EQ(Wanted({"-"}), "");
}

TEST(CompletionScriptTest, ThereIsOneForEachShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_NE(CompletionScript(shell).find("__complete"), std::string::npos) << shell;
  }
  EXPECT_EQ(CompletionScript("tcsh"), "");
}

}  // namespace
}  // namespace quartet::admin
