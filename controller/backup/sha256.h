// SHA-256 of bytes that come piece by piece.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace quartet::controller {

// Not thread-safe.
class Sha256 {
 public:
  static constexpr size_t kBytes = 32;

  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Add(absl::string_view bytes);
  // Of all that was added; then it begins anew.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Of one piece.
std::string Sha256Of(absl::string_view bytes);

}  // namespace quartet::controller
