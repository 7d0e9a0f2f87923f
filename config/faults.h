// What is wrong with a file that somebody wrote: all of it, with lines, so that it is mended in one go.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace quartet::config {

class Faults {
 public:
  // `path`: the file's, for people, and for what lies beside it.
  explicit Faults(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  // Of a file named in it: paths that are not absolute begin at its folder.
  std::string Resolved(const std::string& file) const;

  void Add(size_t line, absl::string_view what);
  // OK: there are none. INVALID_ARGUMENT: "registries.yaml:3: what is wrong", a line for each, in the file's order.
  absl::Status status() const;

 private:
  const std::string path_;
  std::vector<std::pair<size_t, std::string>> faults_;
};

}  // namespace quartet::config
