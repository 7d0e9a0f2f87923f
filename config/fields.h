// The fields of a mapping in a file that somebody wrote, taken one by one; what nobody takes is a fault.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "config/faults.h"
#include "config/yaml_reader.h"

namespace quartet::config {

// For one thread. A field that is not what it must be is a fault, and taken for absent.
class Fields {
 public:
  // Of `field`, which should be a mapping; `what` it is, for people: "registry sandbox". All have to outlive it.
  Fields(std::string what, const YamlField& field, Faults& faults);

  // Where the field stands; the mapping, if there is none.
  size_t LineOf(absl::string_view name) const;
  bool Has(absl::string_view name) const { return Find(name) != nullptr; }
  void Fault(absl::string_view name, absl::string_view what);

  // nullptr: there is none.
  const YamlField* Take(absl::string_view name);
  // Empty: there is none.
  std::string Text(absl::string_view name);
  // Whose absence is a fault; `meaning`: what to write there.
  std::string NeededText(absl::string_view name, absl::string_view meaning);
  // The path of a file that can be read.
  std::string NeededFile(absl::string_view name, absl::string_view meaning);
  // Of least to most.
  uint32_t Number(absl::string_view name, uint32_t least, uint32_t most, uint32_t otherwise);
  // One of two words. True: it is the second; absent is the first.
  bool IsSecondOf(absl::string_view name, absl::string_view first, absl::string_view second);
  // A list of texts, or one text, each with its line.
  std::vector<std::pair<size_t, std::string>> Texts(absl::string_view name);

  // Those that nobody has taken are faults; to be called at the end.
  void End();

 private:
  const YamlField* Find(absl::string_view name) const;

  const std::string what_;
  const size_t line_;
  Faults& faults_;
  // Empty: it is no mapping, and that was said.
  std::vector<const YamlField*> fields_;
  bool is_map_ = true;
  std::vector<std::string> known_;
};

}  // namespace quartet::config
