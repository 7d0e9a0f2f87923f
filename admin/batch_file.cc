#include "admin/batch_file.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace quartet::admin {
namespace {

using v1::RecordSetChange;

// The next word of `rest`, which goes behind it.
absl::string_view TakeWord(absl::string_view& rest) {
  rest = absl::StripLeadingAsciiWhitespace(rest);
  const size_t end = rest.find_first_of(" \t");
  const absl::string_view word = rest.substr(0, end);
  rest = absl::StripAsciiWhitespace(rest.substr(word.size()));
  return word;
}

std::optional<RecordSetChange::Action> ActionOf(absl::string_view word) {
  if (absl::EqualsIgnoreCase(word, "create")) return RecordSetChange::ACTION_CREATE;
  if (absl::EqualsIgnoreCase(word, "upsert")) return RecordSetChange::ACTION_UPSERT;
  if (absl::EqualsIgnoreCase(word, "delete")) return RecordSetChange::ACTION_DELETE;
  return std::nullopt;
}

class Parser {
 public:
  explicit Parser(const std::string& name) : name_(name) {}

  void Line(absl::string_view text) {
    ++line_;
    text = absl::StripAsciiWhitespace(text);
    if (text.empty() || text.front() == '#' || text.front() == ';') return;
    RecordSetChange change;
    std::string wrong = Read(text, change);
    if (wrong.empty()) wrong = Add(std::move(change));
    if (!wrong.empty()) Fault(wrong);
  }

  BatchFile Take() { return std::move(batch_); }

 private:
  // Why it can't be read; empty if it was.
  static std::string Read(absl::string_view text, RecordSetChange& change) {
    const std::optional<RecordSetChange::Action> action = ActionOf(TakeWord(text));
    if (!action.has_value()) return "a line begins with create, upsert or delete";
    change.set_action(*action);
    v1::RecordSet& set = *change.mutable_record_set();
    set.set_owner(std::string(TakeWord(text)));
    absl::string_view word = TakeWord(text);
    uint32_t ttl = 0;
    const bool has_ttl = absl::SimpleAtoi(word, &ttl);
    if (has_ttl) word = TakeWord(text);
    set.set_ttl(ttl);
    set.set_type(absl::AsciiStrToUpper(word));
    if (word.empty()) return "the type is missing: ACTION OWNER [TTL] TYPE [VALUE]";
    if (*action == RecordSetChange::ACTION_DELETE && text.empty() && !has_ttl) return "";
    if (!has_ttl) return "the TTL is missing: ACTION OWNER TTL TYPE VALUE";
    if (text.empty()) return "the value is missing: ACTION OWNER TTL TYPE VALUE";
    set.add_values(std::string(text));
    return "";
  }

  // To the change before it, if that is of the same record set.
  std::string Add(RecordSetChange change) {
    const v1::RecordSet& set = change.record_set();
    if (!batch_.changes.empty()) {
      RecordSetChange& last = *batch_.changes.Mutable(batch_.changes.size() - 1);
      v1::RecordSet& before = *last.mutable_record_set();
      if (absl::EqualsIgnoreCase(before.owner(), set.owner()) && before.type() == set.type()) {
        if (last.action() != change.action()) return "the line before does something else to this record set";
        if (before.ttl() != set.ttl()) return "the records of one record set have one TTL (RFC 2181 §5.2)";
        if (set.values().empty() || before.values().empty()) return "this record set was named before";
        before.add_values(set.values(0));
        return "";
      }
    }
    *batch_.changes.Add() = std::move(change);
    batch_.lines.push_back(line_);
    return "";
  }

  void Fault(const std::string& message) {
    v1::Fault& fault = *batch_.faults.Add();
    fault.set_file(name_);
    fault.set_line(line_);
    fault.set_column(1);
    fault.set_rule("bad-line");
    fault.set_message(message);
  }

  const std::string& name_;
  uint32_t line_ = 0;
  BatchFile batch_;
};

// Whether `owner`, as a fault names it, is `written` in the zone.
bool IsOwner(const std::string& owner, const std::string& written, const std::string& domain_name) {
  if (absl::EqualsIgnoreCase(owner, written)) return true;
  if (written == "@") return absl::EqualsIgnoreCase(owner, domain_name);
  return absl::EqualsIgnoreCase(owner, absl::StrCat(written, ".", domain_name));
}

}  // namespace

BatchFile ParseBatch(absl::string_view text, const std::string& name) {
  Parser parser(name);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) parser.Line(line);
  return parser.Take();
}

void LocateFault(const BatchFile& batch, const std::string& name, const std::string& domain_name,
                 v1::Fault& fault) {
  if (fault.owner().empty() || fault.line() != 0) return;
  for (int i = 0; i < batch.changes.size(); ++i) {
    const v1::RecordSet& set = batch.changes[i].record_set();
    const bool same_type = fault.type().empty() || absl::EqualsIgnoreCase(fault.type(), set.type());
    if (!same_type || !IsOwner(fault.owner(), set.owner(), domain_name)) continue;
    fault.set_file(name);
    fault.set_line(batch.lines[static_cast<size_t>(i)]);
    fault.set_column(1);
    return;
  }
}

}  // namespace quartet::admin
