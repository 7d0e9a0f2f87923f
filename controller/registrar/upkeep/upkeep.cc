#include "controller/registrar/upkeep/upkeep.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "controller/registrar/domains/domain_rows.h"
#include "controller/zones/system_zones.h"
#include "replication/base/log.h"
#include "replication/replica/apply.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainRow;
using stored::v1::ZoneRow;

constexpr int64_t kLongestWaitUs = 60'000'000;
// Rows of domains come by the hundred a second while many are registered: what they made true is looked at so often at most.
constexpr std::chrono::milliseconds kAtMostEvery(10);
// What is in the way of beginning a renewal may be gone then.
constexpr int64_t kAgainUs = 60'000'000;

}  // namespace

Upkeep::Upkeep(RequestHost& host, const Registries& registries, replication::Clock& clock, SubmitFn submit,
               const Options& options)
    : host_(host),
      registries_(registries),
      clock_(clock),
      submit_(std::move(submit)),
      delegations_(submit_, options.again_after_us),
      stripes_(registries, submit_, options.again_after_us) {
  commits_ = host_.WatchCommits([this](const auto& entries) { Committed(entries); });
  thread_ = std::thread([this] { Run(); });
}

Upkeep::~Upkeep() { Stop(); }

void Upkeep::Stop() {
  commits_.reset();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

bool Upkeep::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stop_;
}

void Upkeep::Hasten() {
  const std::lock_guard<std::mutex> lock(mutex_);
  heard_.hastened = true;
  wake_.notify_all();
}

bool Upkeep::RegistryConfirmed(const ZoneRow& zone) const {
  if (!domains_.loaded()) return false;
  for (const std::string& domain : domains_.Of(zone.id())) {
    const absl::StatusOr<std::optional<DomainRow>> row = ReadDomain(host_.replica(), domain);
    if (!row.ok()) return false;
    if (row->has_value() && !IsDelegatedToZone(host_.replica(), **row, zone)) return false;
  }
  return true;
}

void Upkeep::Committed(const std::vector<Sequencer::Committed>& entries) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Sequencer::Committed& committed : entries) HearEntry(committed);
  if (!heard_.empty()) wake_.notify_all();
}

// Holding mutex_.
void Upkeep::HearEntry(const Sequencer::Committed& committed) {
  heard_.stripes = heard_.stripes || ChangesRoster(committed.entry);
  if (const ZoneRow* const zone = replication::ZoneRowOf(committed.entry)) {
    heard_.stripes = heard_.stripes || !StripeOfZone(*zone).empty();
    if (domains_.Has(zone->id())) heard_.zones.insert(zone->id());
  }
  for (const stored::v1::Effect& effect : committed.entry.effects()) {
    if (effect.object().kind() != stored::v1::OBJECT_KIND_DOMAIN) continue;
    DomainRow row;
    // An empty one: it is removed.
    row.ParseFromString(effect.object().row());
    domains_.Note(effect.object().id(), row.zone_id());
    heard_.domains.insert(effect.object().id());
  }
}

void Upkeep::Run() {
  if (absl::Status status = ReadAll(); !status.ok())
    LogError("the domains can't all be read: {}", status.ToString());
  while (const std::optional<Heard> heard = WaitToHear()) {
    const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
    TakeIn(*heard, *reader);
    const int64_t now_us = clock_.WallMicros();
    Renew(*reader, now_us);
    // Before the others, as it makes the names known that they are to be delegated to.
    stripes_.Run(*reader, now_us);
    delegations_.Run(*reader, now_us);
  }
}

absl::Status Upkeep::ReadAll() {
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  absl::Status status = VisitDomains(*reader, "", [this](const DomainRow& row) {
    domains_.Load(row.name(), row.zone_id());
    NoteRow(row);
    return !stopping();
  });
  if (status.ok()) domains_.Loaded();
  return status;
}

std::optional<Upkeep::Heard> Upkeep::WaitToHear() {
  std::unique_lock<std::mutex> lock(mutex_);
  const int64_t next_us = std::min({renewals_.next_us(), delegations_.next_us(), stripes_.next_us()});
  const int64_t now_us = clock_.WallMicros();
  const int64_t wait_us = next_us <= now_us ? 0 : std::min(next_us - now_us, kLongestWaitUs);
  wake_.wait_for(lock, std::chrono::microseconds(wait_us), [this] { return stop_ || !heard_.empty(); });
  wake_.wait_for(lock, kAtMostEvery, [this] { return stop_; });
  if (stop_) return std::nullopt;
  return std::exchange(heard_, {});
}

void Upkeep::NoteRow(const DomainRow& row) {
  RegistryClient* const registry = registries_.Named(row.registry());
  // One whose stanza is gone can't be asked anything.
  if (registry == nullptr) return;
  renewals_.Note(row, registry->config().renew_days);
  delegations_.Look(row.name());
}

void Upkeep::TakeInDomain(const std::string& domain, const store::Reader& reader) {
  const absl::StatusOr<std::optional<DomainRow>> row = ReadDomain(reader, domain);
  if (!row.ok()) return LogError("domain {} can't be read: {}", domain, row.status().ToString());
  if (!row->has_value() || !(*row)->stripe().empty()) stripes_.Look();
  if (row->has_value()) return NoteRow(**row);
  renewals_.Forget(domain);
  delegations_.Forget(domain);
}

void Upkeep::TakeIn(const Heard& heard, const store::Reader& reader) {
  for (const std::string& domain : heard.domains) TakeInDomain(domain, reader);
  for (const std::string& zone : heard.zones) {
    for (const std::string& domain : domains_.Of(zone)) delegations_.Look(domain);
  }
  if (heard.stripes) stripes_.Look();
}

void Upkeep::Renew(const store::Reader& reader, int64_t now_us) {
  while (const std::optional<std::string> domain = renewals_.Take(now_us)) {
    if (stopping()) return;
    const absl::StatusOr<std::optional<DomainRow>> row = ReadDomain(reader, *domain);
    if (!row.ok() || !row->has_value()) continue;
    NewOperation renewal =
        SystemOperation(stored::v1::DOMAIN_OPERATION_KIND_RENEW, *domain, (*row)->registry());
    renewal.wish.set_expiry_date((*row)->expiry_date());
    const absl::StatusOr<std::string> id = submit_(renewal);
    if (id.ok()) {
      renewals_.Tried(**row, now_us);
      LogInfo("domain {}, which expires on {}, is being renewed: operation {}", *domain,
              (*row)->expiry_date(), *id);
    } else {
      renewals_.Later(*domain, now_us + kAgainUs);
    }
  }
}

}  // namespace quartet::controller
