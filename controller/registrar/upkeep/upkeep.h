// What the registrar does by itself: renews domains before they expire, keeps them delegated to the nameservers of their zones, and
// registers the stripes' domains.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "controller/registrar/registries/registry_client.h"
#include "controller/registrar/upkeep/delegations.h"
#include "controller/registrar/upkeep/domains_by_zone.h"
#include "controller/registrar/upkeep/renewals.h"
#include "controller/registrar/upkeep/stripe_registrations.h"
#include "controller/registrar/upkeep/submit.h"
#include "controller/request_host.h"
#include "controller/watch.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/clock.h"

namespace quartet::controller {

// One thread of its own, which begins by reading the row of every domain, then hears of commits and looks at the clock when
// something is due. All it does is to begin operations (of principal "quartet"); what it knows is in the replica.
// Thread-safe.
class Upkeep {
 public:
  struct Options {
    // After an operation that has not reached what it was begun for.
    int64_t again_after_us = int64_t{3600} * 1'000'000;
  };

  // All must outlive it.
  Upkeep(RequestHost& host, const Registries& registries, replication::Clock& clock, SubmitFn submit,
         const Options& options);
  // Stops.
  ~Upkeep();

  // Waits for what it has begun. To be called before the host stops. Idempotent.
  void Stop();

  // As Registrar's. False until all rows are read. Called by plans: never blocks.
  bool RegistryConfirmed(const stored::v1::ZoneRow& zone) const;

  // The clock was moved by hand.
  void Hasten();

 private:
  // What it has heard since it last looked.
  struct Heard {
    std::set<std::string> domains;
    std::set<std::string> zones;
    bool stripes = false;
    bool hastened = false;
    bool empty() const { return domains.empty() && zones.empty() && !stripes && !hastened; }
  };

  // On the sequencer's thread.
  void Committed(const std::vector<Sequencer::Committed>& entries);
  void HearEntry(const Sequencer::Committed& committed);
  void Run();
  absl::Status ReadAll();
  std::optional<Heard> WaitToHear();
  void TakeIn(const Heard& heard, const store::Reader& reader);
  void TakeInDomain(const std::string& domain, const store::Reader& reader);
  void NoteRow(const stored::v1::DomainRow& row);
  void Renew(const store::Reader& reader, int64_t now_us);
  bool stopping();

  RequestHost& host_;
  const Registries& registries_;
  replication::Clock& clock_;
  const SubmitFn submit_;

  // The thread's own.
  Renewals renewals_;
  Delegations delegations_;
  StripeRegistrations stripes_;

  DomainsByZone domains_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  Heard heard_;

  std::unique_ptr<Watch> commits_;
  std::thread thread_;
};

}  // namespace quartet::controller
