// YAML, through libyaml: written for programs and people that want it, and read from the file of contexts.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::admin {

// The same document as block YAML. Texts are quoted where they could be taken for something else: YAML 1.1's numbers,
// times and its many words for true and false.
// Precondition: `json` is one JSON document.
std::string YamlOfJson(absl::string_view json);

// A text, or a mapping of names to values.
struct YamlField;
struct YamlValue {
  bool is_map = false;
  std::string text;
  std::vector<YamlField> fields;
  // Where it begins, from 1.
  size_t line = 0;
};
struct YamlField {
  std::string name;
  YamlValue value;
};

// Reads one document, which is a mapping; an empty one is an empty mapping. INVALID_ARGUMENT: it is no YAML, or has what
// files of ours don't: sequences, aliases, names that stand twice, mappings more than kYamlDepth deep. `line` is where,
// then.
inline constexpr size_t kYamlDepth = 8;
absl::StatusOr<YamlValue> ParseYaml(absl::string_view text, size_t& line);

}  // namespace quartet::admin
