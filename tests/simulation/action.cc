#include "tests/simulation/action.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace quartet::simulation {
namespace {

using Kind = Action::Kind;

absl::Status Bad(absl::string_view line, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("\"", line, "\": ", why));
}

}  // namespace

const std::vector<ActionForm>& ActionForms() {
  static const auto* forms = new std::vector<ActionForm>{
      {Kind::kAdvance, "advance", false, false, "ms"},
      {Kind::kCreate, "create", false, true, "salt"},
      {Kind::kChange, "change", false, true, "salt"},
      {Kind::kDelete, "delete", false, true, ""},
      {Kind::kUndelete, "undelete", false, true, ""},
      {Kind::kMove, "move", false, true, "salt"},
      {Kind::kRepeat, "repeat", false, true, ""},
      {Kind::kStage, "stage", false, true, "salt"},
      {Kind::kFlip, "flip", false, true, ""},
      {Kind::kAbort, "abort", false, true, ""},
      {Kind::kNewKey, "new-key", false, false, ""},
      {Kind::kEnroll, "enroll", true, false, ""},
      {Kind::kDrain, "drain", true, false, ""},
      {Kind::kCrashController, "crash-controller", false, false, "down"},
      {Kind::kFillController, "fill-controller", false, false, "for"},
      {Kind::kLoseResult, "lose-result", false, false, ""},
      {Kind::kDepose, "depose", false, false, ""},
      {Kind::kOldLeader, "old-leader", false, false, ""},
      {Kind::kTrim, "trim", false, false, "keep"},
      {Kind::kBackup, "backup", false, false, ""},
      {Kind::kRestore, "restore", false, false, ""},
      {Kind::kOldController, "old-controller", false, false, "for"},
      {Kind::kConfirm, "confirm", false, false, ""},
      {Kind::kRotController, "rot-controller", false, true, ""},
      {Kind::kCrash, "crash", true, false, "down"},
      {Kind::kLoseDisk, "lose-disk", true, false, "down"},
      {Kind::kStop, "stop", true, false, "for"},
      {Kind::kSlow, "slow", true, false, "for"},
      {Kind::kFill, "fill", true, false, "for"},
      {Kind::kRot, "rot", true, true, ""},
      {Kind::kScrub, "scrub", true, false, ""},
      {Kind::kBreak, "break", true, false, ""},
      {Kind::kHalfOpen, "half-open", true, false, ""},
      {Kind::kLose, "lose", true, false, ""},
      {Kind::kDouble, "double", true, false, ""},
      {Kind::kDoubleUp, "double-up", true, false, ""},
      {Kind::kDelay, "delay", true, false, "for"},
      {Kind::kCutHistory, "cut-history", false, true, "salt"},
      {Kind::kPurge, "purge", false, true, ""},
  };
  return *forms;
}

std::string ToString(const Action& action) {
  const ActionForm& form = ActionForms()[static_cast<size_t>(action.kind)];
  std::string line(form.verb);
  if (form.of_node) absl::StrAppend(&line, " node ", action.node);
  if (form.of_zone) absl::StrAppend(&line, " zone ", action.zone);
  if (!form.number.empty()) absl::StrAppend(&line, " ", form.number, " ", action.number);
  return line;
}

absl::StatusOr<Action> ParseAction(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (words.empty()) return Bad(line, "it is empty");
  const auto form = std::find_if(ActionForms().begin(), ActionForms().end(),
                                 [&](const ActionForm& one) { return one.verb == words[0]; });
  if (form == ActionForms().end()) return Bad(line, "there is no such action");
  Action action;
  action.kind = form->kind;
  size_t at = 1;
  // The value behind `label`, or nothing.
  const auto next = [&](absl::string_view label) -> absl::string_view {
    if (at + 1 >= words.size() || words[at] != label) return "";
    at += 2;
    return words[at - 1];
  };
  if (form->of_node) {
    action.node = std::string(next("node"));
    if (action.node.empty()) return Bad(line, "\"node\" and its name are missing");
  }
  if (form->of_zone && !absl::SimpleAtoi(next("zone"), &action.zone))
    return Bad(line, "\"zone\" and its number are missing");
  if (!form->number.empty() && !absl::SimpleAtoi(next(form->number), &action.number))
    return Bad(line, absl::StrCat("\"", form->number, "\" and a number are missing"));
  if (at != words.size()) return Bad(line, absl::StrCat("\"", words[at], "\" is one too many"));
  return action;
}

}  // namespace quartet::simulation
