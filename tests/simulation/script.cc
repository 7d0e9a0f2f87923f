#include "tests/simulation/script.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace quartet::simulation {
namespace {

absl::Status ParseLine(absl::string_view line, Script& script) {
  if (absl::ConsumePrefix(&line, "#")) {
    absl::StrAppend(&script.comment, absl::StripPrefix(line, " "), "\n");
    return absl::OkStatus();
  }
  if (absl::ConsumePrefix(&line, "seed ")) {
    if (absl::SimpleAtoi(line, &script.seed)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("\"", line, "\" is no seed"));
  }
  if (absl::ConsumePrefix(&line, "mutation ")) {
    const std::optional<Mutation> mutation = MutationNamed(line);
    if (!mutation.has_value()) return absl::InvalidArgumentError(absl::StrCat("there is no mutation ", line));
    script.mutation = *mutation;
    return absl::OkStatus();
  }
  if (absl::ConsumePrefix(&line, "saw ")) {
    script.saw.emplace_back(line);
    return absl::OkStatus();
  }
  absl::StatusOr<Action> action = ParseAction(line);
  if (action.ok()) script.actions.push_back(*std::move(action));
  return action.status();
}

}  // namespace

absl::StatusOr<Script> ParseScript(absl::string_view text) {
  Script script;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    if (absl::Status status = ParseLine(line, script); !status.ok())
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", status.message()));
  }
  return script;
}

std::string ToString(const Script& script) {
  std::string text;
  for (absl::string_view line : absl::StrSplit(absl::StripSuffix(script.comment, "\n"), '\n'))
    absl::StrAppend(&text, "# ", line, "\n");
  absl::StrAppend(&text, "seed ", script.seed, "\n");
  if (script.mutation != Mutation::kNone) absl::StrAppend(&text, "mutation ", NameOf(script.mutation), "\n");
  for (const Action& action : script.actions) absl::StrAppend(&text, ToString(action), "\n");
  for (const std::string& what : script.saw) absl::StrAppend(&text, "saw ", what, "\n");
  return text;
}

Finding Play(const Script& script) {
  RunOptions options;
  options.seed = script.seed;
  options.mutation = script.mutation;
  options.actions = script.actions;
  const RunResult result = RunOnce(options);
  if (result.finding.has_value()) return absl::StrCat(*result.finding, " (at ", result.time_us, " us)");
  for (const std::string& what : script.saw) {
    if (result.seen.count(what) == 0) return absl::StrCat("it did not come to this: ", what);
  }
  return std::nullopt;
}

}  // namespace quartet::simulation
