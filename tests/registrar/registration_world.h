// A controller over memory whose nodes acknowledge what they get, beside a sandbox registry.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "controller/memory_controller.h"
#include "controller/registrar/operations/operation_driver.h"
#include "controller/registrar/registries/registry_client.h"
#include "quartet/stored/v1/domain.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/clock.h"
#include "tests/registrar/faulty_registry.h"
#include "tests/registrar/shifted_clock.h"

namespace quartet::controller {

// Nodes of a MemoryController, one for each nameserver.
class TestAcknowledgements {
 public:
  explicit TestAcknowledgements(Controller& controller);
  ~TestAcknowledgements();

  // The nodes of the first `count` nameservers acknowledge what is committed, the others nothing more; all of them do from
  // the beginning.
  void Serve(size_t count);

 private:
  void Run();

  Controller& controller_;
  // Node and nameserver.
  std::vector<std::pair<std::string, std::string>> nodes_;
  std::mutex mutex_;
  std::condition_variable wake_;
  replication::Position head_;
  size_t count_ = 0;
  bool moved_ = false;
  bool stop_ = false;
  std::thread thread_;
};

// A place where a test waits for something that other threads do.
class Event {
 public:
  void Set() {
    const std::lock_guard<std::mutex> lock(mutex_);
    set_ = true;
    wake_.notify_all();
  }
  // False: it has not come in a time that no machine needs.
  bool Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    return wake_.wait_for(lock, std::chrono::seconds(60), [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool set_ = false;
};

struct RegistrationWorld {
  RegistrationWorld();

  // With pauses of milliseconds.
  static OperationDriver::Options Quick();
  std::unique_ptr<OperationDriver> MakeDriver(RequestHost& host) {
    return std::make_unique<OperationDriver>(host, *registries, clock, replication::SystemRandom(), Quick());
  }
  RequestHost& host() { return controller->host(); }

  std::optional<stored::v1::DomainRow> Domain(const std::string& name);
  // Those that are there, deleted ones not.
  std::vector<stored::v1::ZoneRow> Zones(const std::string& name);
  // The id of one that is made by a user, with an address in it.
  std::string MakeZone(const std::string& name);
  // A record more.
  void Fill(const std::string& zone_id);

  ShiftedClock clock;
  MemoryController controller{2};
  TestAcknowledgements nodes{*controller};
  FaultyRegistry registry{clock};
  std::unique_ptr<Registries> registries;
};

NewOperation Registration(const std::string& domain);
absl::StatusOr<std::string> SubmitTo(OperationDriver& driver, const NewOperation& operation);
// As it is once it has ended, or once `enough` says so.
stored::v1::DomainOperationRow Await(
    OperationDriver& driver, const std::string& id,
    const std::function<bool(const stored::v1::DomainOperationRow&)>& enough = nullptr);

// The registry has the domain just once, as ours, with the four of the one zone of its name, and the row says so; or neither
// row nor zone is there, nor a domain of ours. Which of both the operation says.
void ExpectWholeOrNothing(RegistrationWorld& world, const stored::v1::DomainOperationRow& operation);

}  // namespace quartet::controller
