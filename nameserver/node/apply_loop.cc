#include "nameserver/node/apply_loop.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "replication/base/log.h"
#include "replication/base/position.h"

namespace quartet::nameserver {
namespace {

constexpr int64_t kHealthUs = 10'000'000;
constexpr int64_t kChangedHealthUs = 1'000'000;

std::string Zones(size_t count) { return absl::StrCat(count, count == 1 ? " zone" : " zones"); }

}  // namespace

absl::Status ApplyLoop::Start() {
  drained_ = replica_.drained();
  if (drained_) {
    LogWarning(
        "this node was drained and answers nothing; to have it serve again, enroll it under a new name and "
        "start it "
        "with an empty directory");
  }
  return OpenIfComplete();
}

absl::Status ApplyLoop::Handle(std::vector<FeedEvent> events) {
  for (FeedEvent& event : events) {
    std::visit([this](auto& what) { Take(std::move(what)); }, event);
  }
  return received_ ? Round() : absl::OkStatus();
}

void ApplyLoop::Take(FeedConnected) {
  ending_ = false;
  if (stale_ || replica_.opening()) {
    const absl::Status reopened = replica_.Reopen();
    if (!reopened.ok()) return WriteFailed(reopened);
    stale_ = false;
  }
  streaming_ = true;
  sent_health_.clear();
  feed_.Send(replica_.Connected());
  // A controller that was restored from an older backup may not know.
  if (drained_) feed_.Send(replica_.SocketsClosed());
  // Even if nothing comes: what is served is to be acknowledged.
  received_ = true;
}

void ApplyLoop::Take(quartet::replication::v1::SubscribeResponse message) {
  // Of a stream we have ended more may have been under way.
  if (!streaming_) return;
  const absl::Status status = replica_.Receive(std::move(message));
  if (!status.ok()) {
    LogWarning("ending the stream to the controller: {}", std::string(status.message()));
    return EndStream();
  }
  received_ = true;
  // It is there when it speaks, not when a connection stands.
  const std::optional<int64_t> lasted = no_controller_.Over(clock_.MonotonicMicros());
  if (lasted.has_value()) LogInfo("the controller is back after {}", ForPeople(*lasted));
}

void ApplyLoop::Take(const FeedDisconnected& event) {
  if (streaming_) replica_.Disconnected();
  streaming_ = false;
  // The end of a stream that we asked for tells nothing of the controller.
  if (std::exchange(ending_, false)) return;
  const std::string reason(event.status.message());
  if (no_controller_.Happened(clock_.MonotonicMicros(), reason)) {
    LogWarning("no controller ({}); {}, and trying again", reason,
               open_ ? "going on to answer" : "waiting for it");
  }
}

void ApplyLoop::Take(ZoneBuilt) {
  replica_.InstallBuilt();
  received_ = true;
}

void ApplyLoop::Take(MachineRead read) {
  const absl::Status started = replica_.Start(std::move(*read.machine));
  if (!started.ok()) return WriteFailed(started);
  LogInfo("the database is read: {} zones, as of {}", replica_.zone_count(),
          replication::ToString(replica_.cursor()));
}

void ApplyLoop::Take(const ReplicaDamaged& damaged) {
  if (replica_.opening()) return;
  for (const replication::ScrubFinding& finding : damaged.findings) {
    if (!replica_.Damaged(finding.zone_id, finding.generation, finding.reason)) continue;
    LogError("zone {} is damaged on disk: {}; it is served from memory and fetched anew", finding.zone_id,
             finding.reason);
    received_ = true;
  }
}

void ApplyLoop::Take(const StoreDamaged& damaged) {
  // It may be of a store that another has taken the place of; if not, it is found again.
  if (stale_ || replica_.refilling()) return;
  replica_.StoreFailed(damaged.status);
  WriteFailed(damaged.status);
}

void ApplyLoop::EndStream() {
  if (streaming_) replica_.Disconnected();
  streaming_ = false;
  // There is none yet.
  if (replica_.opening()) return;
  ending_ = true;
  feed_.End();
}

absl::Status ApplyLoop::Round() {
  received_ = false;
  if (stale_ || replica_.opening()) return absl::OkStatus();
  const absl::StatusOr<Replica::Applied> applied = replica_.Apply();
  if (!applied.ok()) {
    WriteFailed(applied.status());
    return absl::OkStatus();
  }
  received_ = applied->more;
  if (applied->written) {
    const std::optional<int64_t> lasted = no_writes_.Over(clock_.MonotonicMicros());
    if (lasted.has_value()) LogInfo("changes can be stored again after {}", ForPeople(*lasted));
  }
  if (watch_ != nullptr && (!applied->inquiries.empty() || applied->forget_inquiries))
    watch_->Ask(applied->inquiries, applied->forget_inquiries);
  // First the sockets, then the acknowledgement: it says that every later datagram is answered from this.
  if (applied->drain) Drain();
  absl::Status opened = OpenIfComplete();
  if (!opened.ok()) return opened;
  for (const Replica::Request& request : replica_.Acknowledge()) {
    if (streaming_) feed_.Send(request);
  }
  if (applied->drain && streaming_) feed_.Send(replica_.SocketsClosed());
  return absl::OkStatus();
}

absl::Status ApplyLoop::OpenIfComplete() {
  if (open_ || drained_ || !replica_.complete()) return absl::OkStatus();
  absl::Status opened = sockets_.Open();
  open_ = opened.ok();
  return opened;
}

void ApplyLoop::Drain() {
  if (!drained_) LogInfo("drained: closing all sockets; this node answers nothing from now on");
  drained_ = true;
  open_ = false;
  sockets_.Close();
}

void ApplyLoop::WriteFailed(const absl::Status& status) {
  if (no_writes_.Happened(clock_.MonotonicMicros(), std::string(status.message()))) {
    LogError("changes can't be stored: {}; {} with what is stored, trying again",
             std::string(status.message()), open_ ? "going on to answer" : "waiting");
  }
  stale_ = true;
  EndStream();
}

void ApplyLoop::Tick() {
  const int64_t now = clock_.MonotonicMicros();
  if (no_controller_.DueAgain(now)) {
    LogWarning("no controller for {} ({}); {}", ForPeople(no_controller_.LastedUs(now)),
               no_controller_.reason(), open_ ? "going on to answer" : "waiting for it");
  }
  if (no_writes_.DueAgain(now)) {
    LogError("changes can't be stored for {}: {}", ForPeople(no_writes_.LastedUs(now)), no_writes_.reason());
  }
  if (streaming_) SendHealth(now);
}

void ApplyLoop::SendHealth(int64_t now_us) {
  if (!sent_health_.empty() && now_us - health_us_ < kChangedHealthUs) return;
  Replica::Request request;
  quartet::replication::v1::Health& health = *request.mutable_health();
  health = replica_.Health();
  if (no_writes_.active()) {
    health.add_alarms(absl::StrCat("changes can't be stored for ", ForPeople(no_writes_.LastedUs(now_us)),
                                   ": ", no_writes_.reason()));
  }
  // Progress and sizes move all the time: they are told every ten seconds.
  std::string told = health.SerializeAsString();
  if (watch_ != nullptr) watch_->AddTo(health);
  absl::StrAppend(&told, ".", health.scrub_end_us());
  if (told == sent_health_ && now_us - health_us_ < kHealthUs) return;
  feed_.Send(request);
  sent_health_ = std::move(told);
  health_us_ = now_us;
}

std::string ApplyLoop::StatusLine() const {
  const int64_t now = clock_.MonotonicMicros();
  std::string line;
  if (drained_) {
    line = "drained";
  } else if (open_) {
    line = absl::StrCat("serving ", Zones(replica_.zone_count()));
    if (replica_.refilling()) absl::StrAppend(&line, " from memory, filling a new database");
    if (replica_.failing_count() > 0)
      absl::StrAppend(&line, ", ", replica_.failing_count(), " of them with SERVFAIL");
  } else {
    line = absl::StrCat("filling: ", replica_.zone_count() - replica_.failing_count(), " of ",
                        Zones(replica_.zone_count()));
  }
  if (no_controller_.active()) {
    absl::StrAppend(&line, ", controller unreachable for ", ForPeople(no_controller_.LastedUs(now)));
  }
  if (no_writes_.active()) absl::StrAppend(&line, ", changes can't be stored: ", no_writes_.reason());
  return line;
}

}  // namespace quartet::nameserver
