// The record sets of a zone here and in a node, compared one by one as the node's report comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/digest/digest.h"
#include "replication/replica/zone_on_disk.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Not thread-safe. Memory: the differences that are kept, and an iterator.
class RecordSetComparison {
 public:
  struct Options {
    // Differences kept; all are counted.
    size_t kept = 1000;
    // Bytes of what the node has otherwise (DEPTH_CONTENTS), of all that is kept together: beyond it the comparison ends.
    // 0: they are not kept.
    size_t content_bytes = 0;
  };
  struct Difference {
    enum class Kind { kMissing, kExtra, kOther };
    // As seen from here: kMissing in the node, kExtra in the node.
    Kind kind;
    std::string key;
    // What the node has; with content_bytes.
    std::string served;
  };

  // Keeps a reference to the reader. `zone` is as ReadControllerZoneOnDisk read it there, and has a generation.
  RecordSetComparison(const store::Reader& reader, const replication::ZoneOnDisk& zone,
                      const Options& options);

  // The next one of the node, whose keys ascend. RESOURCE_EXHAUSTED: it has unreasonably many, or too much differs;
  // INVALID_ARGUMENT: with contents, what it sent is not what its digest says; else what the store says.
  absl::Status Take(const quartet::replication::v1::RecordReport& record);
  // The node has no more.
  absl::Status Finish();

  const std::vector<Difference>& differences() const { return differences_; }
  uint64_t total() const { return total_; }
  // What those of the node add up to, and how many they are.
  const replication::Digest& digest() const { return digest_; }
  uint64_t record_sets() const { return record_sets_; }

 private:
  absl::Status Add(Difference difference);
  absl::string_view OwnKey() const { return own_->key().substr(prefix_.size()); }

  const Options options_;
  const std::string prefix_;
  // An honest node's zone has as many as the row says, or about: a dishonest one shall not go on for ever.
  const uint64_t most_;
  replication::Hasher hasher_;
  std::unique_ptr<store::Iterator> own_;
  std::vector<Difference> differences_;
  uint64_t total_ = 0;
  size_t content_bytes_ = 0;
  replication::Digest digest_;
  uint64_t record_sets_ = 0;
};

}  // namespace quartet::controller
