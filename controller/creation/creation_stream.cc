#include "controller/creation/creation_stream.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "controller/zones/faults.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

// One request under way.
struct Slot {
  size_t bytes = 0;
  google::protobuf::RepeatedPtrField<v1::Fault> warnings;
  // Once it is made or refused.
  std::optional<absl::StatusOr<Outcome>> outcome;
};

// Requests under way, in the order they came. Thread-safe. Callbacks of the sequencer hold it, so that they may come late.
class Line {
 public:
  explicit Line(const CreationLimits& limits) : limits_(limits) {}

  // Waits for room.
  std::shared_ptr<Slot> Enter(size_t bytes) {
    std::unique_lock<std::mutex> lock(mutex_);
    moved_.wait(lock, [&] {
      return slots_.empty() || (slots_.size() < limits_.requests && bytes_ + bytes <= limits_.bytes);
    });
    auto slot = std::make_shared<Slot>();
    slot->bytes = bytes;
    bytes_ += bytes;
    slots_.push_back(slot);
    return slot;
  }

  void End(Slot& slot, absl::StatusOr<Outcome> outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    slot.outcome = std::move(outcome);
    moved_.notify_all();
  }

  void Close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    moved_.notify_all();
  }

  // The first one, once it has ended; it keeps its room until Leave. Null: all have left, and no more come.
  std::shared_ptr<Slot> First() {
    std::unique_lock<std::mutex> lock(mutex_);
    moved_.wait(lock, [&] { return slots_.empty() ? closed_ : slots_.front()->outcome.has_value(); });
    return slots_.empty() ? nullptr : slots_.front();
  }

  void Leave() {
    const std::lock_guard<std::mutex> lock(mutex_);
    bytes_ -= slots_.front()->bytes;
    slots_.pop_front();
    moved_.notify_all();
  }

 private:
  const CreationLimits limits_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::deque<std::shared_ptr<Slot>> slots_;
  size_t bytes_ = 0;
  bool closed_ = false;
};

void Refuse(const absl::Status& status, v1::CreateZonesResponse& response) {
  v1::CreateZonesResponse::Refusal& refused = *response.mutable_refused();
  refused.set_code(static_cast<int32_t>(status.code()));
  refused.set_message(std::string(status.message()));
  if (std::optional<v1::Faults> faults = FaultsOf(status)) *refused.mutable_faults() = *std::move(faults);
}

// Tells what became of each until the line is closed and empty; behind a client that has gone they still leave it.
void TellAll(const ZoneCreator& creator, Line& line, CreationPeer& peer) {
  bool there = true;
  for (uint64_t number = 1;; ++number) {
    const std::shared_ptr<Slot> slot = line.First();
    if (slot == nullptr) return;
    if (there) {
      v1::CreateZonesResponse response;
      response.set_number(number);
      absl::StatusOr<v1::CreateZoneResponse> created =
          slot->outcome->ok() ? creator.Respond(**slot->outcome, std::move(slot->warnings))
                              : slot->outcome->status();
      if (created.ok()) {
        *response.mutable_created() = *std::move(created);
      } else {
        Refuse(created.status(), response);
      }
      there = peer.Write(response);
    }
    line.Leave();
  }
}

}  // namespace

void CreateZones(const Caller& caller, RequestHost& host, CreationPeer& peer, const CreationLimits& limits) {
  const ZoneCreator creator(host);
  const auto line = std::make_shared<Line>(limits);
  std::thread teller([&] { TellAll(creator, *line, peer); });
  v1::CreateZoneRequest request;
  while (peer.Read(&request)) {
    const std::shared_ptr<Slot> slot = line->Enter(request.ByteSizeLong());
    absl::StatusOr<ZoneCreator::Creation> creation = creator.Read(caller, request);
    if (!creation.ok()) {
      line->End(*slot, creation.status());
      continue;
    }
    slot->warnings = std::move(creation->warnings);
    host.ProposeAsync(std::move(creation->proposal), [line, slot](absl::StatusOr<Outcome> outcome) {
      line->End(*slot, std::move(outcome));
    });
  }
  line->Close();
  teller.join();
}

}  // namespace quartet::controller
