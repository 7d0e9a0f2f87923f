// The record sets of a file, in order of their keys, in a spool file.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/imports/spool.h"
#include "dns/zonefile/fault.h"

namespace quartet::controller {

struct ImportedSet {
  // Record key and served part, as they are stored.
  absl::string_view key;
  absl::string_view served;
  // Its control part; empty: the file does not tell.
  absl::string_view control;
  // Of its first record.
  dns::Place place;
};

// Written once, then read any number of times. Not thread-safe.
class ImportedSets {
 public:
  static absl::StatusOr<std::unique_ptr<ImportedSets>> Create(Spool& spool);

  // Keys ascend. RESOURCE_EXHAUSTED: no room in the spool.
  absl::Status Add(const ImportedSet& set);
  // That was all.
  absl::Status Finish() { return file_->Flush(); }
  uint64_t count() const { return count_; }

  // From the first one on; the sets must outlive it.
  class Reader {
   public:
    explicit Reader(const ImportedSets& sets) : reader_(*sets.file_, 0, sets.file_->size()) {}
    // False: that was all.
    absl::StatusOr<bool> Next();
    // Its views last until Next.
    const ImportedSet& set() const { return set_; }

   private:
    SpoolReader reader_;
    ImportedSet set_;
  };

 private:
  explicit ImportedSets(std::unique_ptr<SpoolFile> file) : file_(std::move(file)) {}

  std::unique_ptr<SpoolFile> file_;
  uint64_t count_ = 0;
};

}  // namespace quartet::controller
