// A zone at two revisions, side by side.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/history/past_records.h"

namespace quartet::controller {

// Every record set that is in one of them or in both, in order of their keys. Not thread-safe. Memory: its two streams'.
class PastMerge {
 public:
  struct Value {
    absl::string_view served;
    absl::string_view control;

    bool operator==(const Value&) const = default;
  };

  // Null `before`: there was nothing.
  PastMerge(std::unique_ptr<PastRecords> before, std::unique_ptr<PastRecords> after)
      : before_{std::move(before)}, after_{std::move(after)} {}

  // False: that was all.
  absl::StatusOr<bool> Next();
  // Views, until Next. One of the values is there.
  absl::string_view key() const { return key_; }
  const std::optional<Value>& before() const { return before_.value; }
  const std::optional<Value>& after() const { return after_.value; }

 private:
  struct Side {
    explicit Side(std::unique_ptr<PastRecords> stream) : records(std::move(stream)) {}
    absl::Status Advance();
    void Show(bool show);

    std::unique_ptr<PastRecords> records;
    bool has = false;
    // What Next gave is this side's: it has to be gone past.
    bool past = true;
    std::optional<Value> value;
  };

  Side before_;
  Side after_;
  absl::string_view key_;
};

}  // namespace quartet::controller
