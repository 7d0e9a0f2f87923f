// Sorts more than memory holds: sorted runs in a spool file, then merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/imports/spool.h"

namespace quartet::controller {

// What comes out of a sort. Not thread-safe.
class SortedItems {
 public:
  virtual ~SortedItems() = default;
  // False: that was all.
  virtual absl::StatusOr<bool> Next() = 0;
  // Views until Next.
  virtual absl::string_view key() const = 0;
  virtual absl::string_view value() const = 0;
};

// By the bytes of the keys; items of one key stay in the order they came in. Not thread-safe.
//
// Memory: `run_bytes` and a pointer for each item in that while items are added; 64 KiB a run while they are read.
class ExternalSort {
 public:
  ExternalSort(Spool& spool, size_t run_bytes) : spool_(spool), run_bytes_(run_bytes) {}

  // A key has at most 65,535 bytes. RESOURCE_EXHAUSTED: no room in the spool.
  absl::Status Add(absl::string_view key, absl::string_view value);

  uint64_t items() const { return items_; }

  // All that was added, in order. Call it once, at the end; the sort must outlive the result.
  absl::StatusOr<std::unique_ptr<SortedItems>> Finish();

 private:
  struct Run {
    uint64_t begin;
    uint64_t end;
  };
  absl::Status WriteRun();

  Spool& spool_;
  const size_t run_bytes_;
  uint64_t items_ = 0;
  // Items as they lie in a run: u16 length of key, u32 length of value, key, value.
  std::string arena_;
  std::vector<uint32_t> places_;
  std::unique_ptr<SpoolFile> file_;
  std::vector<Run> runs_;
};

}  // namespace quartet::controller
