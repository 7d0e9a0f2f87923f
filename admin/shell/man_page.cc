#include "admin/shell/man_page.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace quartet::admin {
namespace {

// Text that stands for itself.
std::string Roff(absl::string_view text) {
  std::string escaped = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
  if (!escaped.empty() && (escaped[0] == '.' || escaped[0] == '\'')) escaped.insert(0, "\\&");
  return escaped;
}

std::string Bold(absl::string_view text) { return absl::StrCat("\\fB", Roff(text), "\\fR"); }
std::string Italic(absl::string_view text) { return absl::StrCat("\\fI", Roff(text), "\\fR"); }

std::string PageTitle(const CommandInfo& command) { return absl::StrReplaceAll(command.path, {{" ", "-"}}); }

void Synopsis(const CommandInfo& command, std::string& page) {
  absl::StrAppend(&page, ".SH SYNOPSIS\n", Bold(command.path));
  if (!command.commands.empty()) absl::StrAppend(&page, " ", Italic("COMMAND"));
  for (const ArgumentInfo& argument : command.positionals) {
    const std::string name = absl::StrCat(Italic(argument.names[0]), argument.repeated ? " ..." : "");
    absl::StrAppend(&page, " ", argument.required ? name : absl::StrCat("[", name, "]"));
  }
  absl::StrAppend(&page, " [", Italic("OPTION"), " ...]\n");
}

void Lines(absl::string_view text, std::string& page) {
  absl::StrAppend(&page, ".nf\n");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) absl::StrAppend(&page, Roff(line), "\n");
  absl::StrAppend(&page, ".fi\n");
}

void Arguments(const std::vector<ArgumentInfo>& arguments, absl::string_view title, std::string& page) {
  if (arguments.empty()) return;
  absl::StrAppend(&page, ".SH ", title, "\n");
  for (const ArgumentInfo& argument : arguments) {
    std::vector<std::string> names;
    for (const std::string& name : argument.names) names.push_back(Bold(name));
    absl::StrAppend(&page, ".TP\n", absl::StrJoin(names, ", "));
    if (!argument.value.empty() && argument.value != argument.names[0])
      absl::StrAppend(&page, " ", Italic(argument.value));
    absl::StrAppend(&page, "\n", Roff(argument.help), ".");
    if (!argument.choices.empty())
      absl::StrAppend(&page, " One of ", Roff(absl::StrJoin(argument.choices, ", ")), ".");
    if (!argument.default_value.empty())
      absl::StrAppend(&page, " Default: ", Roff(argument.default_value), ".");
    if (argument.required) absl::StrAppend(&page, " Required.");
    absl::StrAppend(&page, "\n");
  }
}

void Commands(const CommandInfo& command, std::string& page) {
  if (command.commands.empty()) return;
  absl::StrAppend(&page, ".SH COMMANDS\n");
  for (const CommandInfo& below : command.commands) {
    absl::StrAppend(&page, ".TP\n", Bold(PageTitle(below)), "(1)\n", Roff(below.help), ".\n");
  }
}

constexpr char kExitStatus[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\nDone.\n"
    ".TP\n1\nRefused by the controller or by a rule, or what was looked for is so (verify: something "
    "differs).\n"
    ".TP\n2\nWrong words on the command line, or files that can't be read.\n"
    ".TP\n3\nNo controller answered. A change may or may not have been made.\n";

constexpr char kFiles[] =
    ".SH FILES\n.TP\n\\fI~/.config/quartet/config.yaml\\fR\n"
    "Contexts; see \\fBquartet\\-context\\fR(1).\n";

}  // namespace

std::string ManPageName(const CommandInfo& command) { return absl::StrCat(PageTitle(command), ".1"); }

std::string ManPage(const CommandInfo& command, const CommandInfo& root) {
  const std::string title = PageTitle(command);
  std::string page =
      absl::StrCat(".TH ", absl::AsciiStrToUpper(title), " 1 \"\" \"Quartet\" \"Quartet\"\n.SH NAME\n",
                   Roff(title), " \\- ", Roff(command.help), "\n");
  Synopsis(command, page);
  absl::StrAppend(&page, ".SH DESCRIPTION\n", Roff(command.help), ".\n");
  Arguments(command.positionals, "ARGUMENTS", page);
  Commands(command, page);
  Arguments(command.options, "OPTIONS", page);
  if (command.path != root.path)
    absl::StrAppend(&page, ".PP\nAll options of ", Bold(root.name), "(1) are taken too.\n");
  if (!command.footer.empty()) {
    absl::StrAppend(&page, ".SH NOTES\n");
    Lines(command.footer, page);
  }
  return absl::StrCat(page, kExitStatus, kFiles);
}

}  // namespace quartet::admin
