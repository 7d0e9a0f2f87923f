// Reads zones that are asked for, and are on disk only, into pages: threads of low priority between those who ask
// (nameserver/serve/parking.h) and the directory's writer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nameserver/zone/tree.h"
#include "replication/replica/zone_on_disk.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Thread-safe. What it holds is bounded by those who want: a job for each zone wanted, and kResults zones that were read and
// not taken yet.
class ColdLoads {
 public:
  static constexpr size_t kResults = 128;
  struct Options {
    int threads = 2;
    // Zones of so many record sets and more are not read, but given to the writer as kLarge.
    uint64_t large = UINT64_MAX;
  };

  // `ready` is called in a thread of its own when there is something to Take after there was nothing. `store` must outlive
  // it.
  ColdLoads(const store::Store& store, std::function<void()> ready, const Options& options);
  ColdLoads(const store::Store& store, std::function<void()> ready)
      : ColdLoads(store, std::move(ready), Options()) {}
  // Gives up what it is at.
  ~ColdLoads();
  ColdLoads(const ColdLoads&) = delete;
  ColdLoads& operator=(const ColdLoads&) = delete;

  // The zone is to be read, as the store has it some time after this call. It comes up in Take (more than once, if it was
  // wanted later before); until Done is called for it nothing is done if it is wanted again.
  void Want(absl::string_view zone_id, std::span<const uint8_t> apex);
  // As Want, and nobody waits for it: after all that somebody waits for.
  void WantLater(absl::string_view zone_id, std::span<const uint8_t> apex);
  // Zones of WantLater whose reading has not begun.
  size_t later() const;

  struct Loaded {
    enum class Outcome {
      kBuilt,
      // It has too many record sets to be built here.
      kLarge,
      // Nothing of it is stored that could be served.
      kNothing,
      // What is stored is not what its row says (`status`).
      kDamaged,
      // The store can't be read at present (`status`).
      kUnreadable,
    };
    std::string zone_id;
    dns::Name apex;
    Outcome outcome;
    absl::Status status;
    // As the store had it when it was read. Not for kUnreadable.
    replication::ZoneOnDisk zone;
    // kBuilt.
    absl::StatusOr<ZoneBuilder> builder;
  };
  // What was read since the last call.
  std::vector<Loaded> Take();
  // The zone may be wanted again, which leads to another reading.
  void Done(const std::string& zone_id);
  // It is to be read again: the store has moved on since. Precondition: it was taken, and Done was not called.
  void Again(const std::string& zone_id, const dns::Name& apex);

  // Zones read since the start, those that came to nothing included.
  uint64_t loads() const { return loads_.load(std::memory_order_relaxed); }

  // What the store has of a zone, and what that comes to but for its record sets; any thread.
  static Loaded ReadRow(const store::Reader& store, const std::string& zone_id, const dns::Name& apex);

 private:
  struct Job {
    std::string zone_id;
    dns::Name apex;
  };
  void Add(absl::string_view zone_id, std::span<const uint8_t> apex, bool later);
  void Run();
  Job NextJob();
  Loaded Load(const Job& job);

  const store::Store& store_;
  const std::function<void()> ready_;
  const Options options_;
  std::atomic<bool> stop_ = false;
  std::atomic<uint64_t> loads_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable room_;
  // All below is guarded by mutex_.
  std::deque<Job> jobs_;
  std::deque<Job> later_;
  // Of which Done is still to be called.
  absl::flat_hash_set<std::string> wanted_;
  std::vector<Loaded> results_;

  // Last: they use all of the above.
  std::vector<std::thread> threads_;
};

}  // namespace quartet::nameserver
