// All that is wrong with a request, carried inside the status that refuses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "quartet/admin/v1/fault.pb.h"

namespace quartet::controller {

inline constexpr size_t kMaxFaultsListed = 1000;

// Collects faults; lists the first kMaxFaultsListed and counts the rest. Not thread-safe.
class FaultList {
 public:
  // INVALID_ARGUMENT where any fault is one of form (a value that can't be read), else FAILED_PRECONDITION.
  enum class Kind { kForm, kRule };

  void Add(Kind kind, admin::v1::Fault fault);
  // `owner` and `type` may be empty.
  void Add(Kind kind, absl::string_view owner, absl::string_view type, absl::string_view rule,
           absl::string_view message);

  // Faults that somebody else counted but did not keep.
  void AddUnlisted(uint32_t count) { faults_.set_total(faults_.total() + count); }

  // Adds all of `other`, those it does not list too.
  void Add(const FaultList& other);

  // Lets `place` set file and line of each listed fault that names an owner and has no line yet.
  void Locate(const std::function<void(admin::v1::Fault& fault)>& place);

  // Listed or not.
  uint32_t total() const { return faults_.total(); }
  bool empty() const { return faults_.total() == 0; }
  // OK if empty. Otherwise the first fault's message, how many more there are, and all of them as a payload.
  absl::Status ToStatus() const;
  // `refusal` with its own code and message, and all of them as its payload.
  absl::Status AttachTo(absl::Status refusal) const;

 private:
  admin::v1::Faults faults_;
  bool form_ = false;
};

// Faults in a refusal made by FaultList; nullopt if it carries none.
std::optional<admin::v1::Faults> FaultsOf(const absl::Status& status);

}  // namespace quartet::controller
