// Files that people write for our programs, in YAML: small ones, read whole, every value with its line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::config {

// A text, a list of values, or a mapping of names to values. `name:` with nothing behind it is an empty text.
struct YamlField;
struct YamlValue {
  enum class Kind { kText, kList, kMap };
  Kind kind = Kind::kText;
  std::string text;
  std::vector<YamlValue> items;
  // In the file's order, each name once.
  std::vector<YamlField> fields;
  // Where it begins, from 1.
  size_t line = 0;

  bool is_text() const { return kind == Kind::kText; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }
};
struct YamlField {
  std::string name;
  // Where its name stands.
  size_t line = 0;
  YamlValue value;
};

// Reads one document, which is a mapping; an empty one is an empty mapping. INVALID_ARGUMENT: it is no YAML, or has what
// files of ours don't: aliases, a second document, names that stand twice, values more than kYamlDepth deep in each other. `line` is where, then.
inline constexpr size_t kYamlDepth = 8;
absl::StatusOr<YamlValue> ParseYaml(absl::string_view text, size_t& line);

}  // namespace quartet::config
