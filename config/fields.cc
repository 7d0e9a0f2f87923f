#include "config/fields.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace quartet::config {

Fields::Fields(std::string what, const YamlField& field, Faults& faults)
    : what_(std::move(what)), line_(field.line), faults_(faults), is_map_(field.value.is_map()) {
  if (!is_map_) faults_.Add(line_, absl::StrCat(what_, " is a mapping of names to values"));
  for (const YamlField& one : field.value.fields) fields_.push_back(&one);
}

const YamlField* Fields::Find(absl::string_view name) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const YamlField* field) { return field->name == name; });
  return found == fields_.end() ? nullptr : *found;
}

size_t Fields::LineOf(absl::string_view name) const {
  const YamlField* field = Find(name);
  return field == nullptr ? line_ : field->line;
}

void Fields::Fault(absl::string_view name, absl::string_view what) {
  faults_.Add(LineOf(name), absl::StrCat(name, " of ", what_, ": ", what));
}

const YamlField* Fields::Take(absl::string_view name) {
  known_.emplace_back(name);
  return Find(name);
}

std::string Fields::Text(absl::string_view name) {
  const YamlField* field = Take(name);
  if (field == nullptr) return "";
  if (!field->value.is_text()) {
    Fault(name, "it is one text");
    return "";
  }
  if (field->value.text.empty()) Fault(name, "nothing stands there: leave it out, or say what it is");
  return field->value.text;
}

std::string Fields::NeededText(absl::string_view name, absl::string_view meaning) {
  if (is_map_ && !Has(name)) faults_.Add(line_, absl::StrCat(what_, " lacks ", name, ": ", meaning));
  return Text(name);
}

std::string Fields::NeededFile(absl::string_view name, absl::string_view meaning) {
  std::string path = faults_.Resolved(NeededText(name, meaning));
  if (!path.empty() && access(path.c_str(), R_OK) != 0)
    Fault(name, absl::StrCat(path, " can't be read: ", std::strerror(errno)));
  return path;
}

uint32_t Fields::Number(absl::string_view name, uint32_t least, uint32_t most, uint32_t otherwise) {
  const std::string text = Text(name);
  if (text.empty()) return otherwise;
  uint32_t number = 0;
  if (absl::SimpleAtoi(text, &number) && number >= least && number <= most) return number;
  Fault(name, absl::StrCat("it is a number from ", least, " to ", most, ", not ", text));
  return otherwise;
}

bool Fields::IsSecondOf(absl::string_view name, absl::string_view first, absl::string_view second) {
  const std::string text = Text(name);
  if (!text.empty() && text != first && text != second)
    Fault(name, absl::StrCat("it is ", first, " or ", second, ", not ", text));
  return text == second;
}

std::vector<std::pair<size_t, std::string>> Fields::Texts(absl::string_view name) {
  std::vector<std::pair<size_t, std::string>> texts;
  const YamlField* field = Take(name);
  if (field == nullptr) return texts;
  const YamlValue& value = field->value;
  if (value.is_text()) return {{field->line, value.text}};
  for (const YamlValue& item : value.items) {
    if (item.is_text()) texts.emplace_back(item.line, item.text);
  }
  if (!value.is_list() || texts.size() < value.items.size()) Fault(name, "it is a list of texts");
  return texts;
}

void Fields::End() {
  for (const YamlField* field : fields_) {
    if (std::find(known_.begin(), known_.end(), field->name) != known_.end()) continue;
    faults_.Add(field->line,
                absl::StrCat(what_, " has no field ", field->name, "; it has ", absl::StrJoin(known_, ", ")));
  }
}

}  // namespace quartet::config
