#include "admin/shell/command_tree.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace quartet::admin {
namespace {

// CLI11 tells them as a part of the value's name: "TEXT:{table,json}".
std::vector<std::string> ChoicesIn(const std::string& value) {
  const size_t begin = value.find('{');
  const size_t end = value.find('}');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  return absl::StrSplit(absl::string_view(value).substr(begin + 1, end - begin - 1), ',');
}

ArgumentInfo DescribeOption(const CLI::Option& option) {
  ArgumentInfo info;
  for (const std::string& name : option.get_snames()) info.names.push_back(absl::StrCat("-", name));
  for (const std::string& name : option.get_lnames()) info.names.push_back(absl::StrCat("--", name));
  const bool positional = info.names.empty();
  if (positional) info.names = {option.get_name(true)};
  info.help = option.get_description();
  if (positional || option.get_items_expected_max() > 0) {
    const std::string type = option.get_type_name();
    info.choices = ChoicesIn(type);
    info.value = positional ? info.names[0] : std::string(type.substr(0, type.find(':')));
    if (info.value.empty()) info.value = "TEXT";
  }
  info.default_value = option.get_default_str();
  info.required = option.get_required();
  info.repeated = option.get_items_expected_max() > 1;
  return info;
}

CommandInfo DescribeBelow(const CLI::App& app, const std::string& parent) {
  CommandInfo info;
  info.name = app.get_name();
  info.path = parent.empty() ? info.name : absl::StrCat(parent, " ", info.name);
  info.help = app.get_description();
  info.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    const ArgumentInfo one = DescribeOption(*option);
    (option->get_positional() ? info.positionals : info.options).push_back(one);
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    info.commands.push_back(DescribeBelow(*command, info.path));
  }
  return info;
}

}  // namespace

CommandInfo Describe(const CLI::App& app) { return DescribeBelow(app, ""); }

}  // namespace quartet::admin
