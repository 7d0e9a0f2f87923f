#include "admin/shell/man_page.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace quartet::admin {
namespace {

TEST(ManPageTest, HasWhatTheCommandHas) {
  CLI::App app("All of it", "quartet");
  std::string text;
  std::vector<std::string> values;
  CLI::App* zone = app.add_subcommand("zone", "Zones");
  CLI::App* set = zone->add_subcommand("set", "Set it");
  set->add_option("ZONE", text, "Which")->required();
  set->add_option("VALUE", values, "What");
  set->add_option("--mode", text, "How")->check(CLI::IsMember({"a-b", "c"}));
  set->footer("Example:\n  quartet zone set 'a\\b'\n.not a macro");
  const CommandInfo root = Describe(app);
  const CommandInfo& command = root.commands[0].commands[0];
  EXPECT_EQ(ManPageName(command), "quartet-zone-set.1");
  const std::string page = ManPage(command, root);
  for (const char* part : {".TH QUARTET-ZONE-SET 1", "quartet\\-zone\\-set \\- Set it",
                           "\\fBquartet zone set\\fR \\fIZONE\\fR [\\fIVALUE\\fR ...]",
                           ".TP\n\\fB\\-\\-mode\\fR \\fITEXT\\fR\nHow. One of a\\-b, c.\n", "'a\\eb'",
                           "\n\\&.not a macro\n", ".SH EXIT STATUS"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\n" << page;
  }
  EXPECT_NE(ManPage(root, root).find(".TP\n\\fBquartet\\-zone\\fR(1)\nZones.\n"), std::string::npos);
}

}  // namespace
}  // namespace quartet::admin
