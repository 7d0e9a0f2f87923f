#include "tests/registrar/registration_world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/operations/delegation.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {

namespace v1 = admin::v1;
using stored::v1::DomainOperationRow;
using stored::v1::DomainRow;
using stored::v1::ZoneRow;

TestAcknowledgements::TestAcknowledgements(Controller& controller) : controller_(controller) {
  const v1::ListNameserversResponse nameservers = *controller_.ListNameservers();
  for (const v1::Nameserver& nameserver : nameservers.nameservers()) {
    const std::string id = nameserver.name().substr(std::string("nameservers/").size());
    v1::CreateNodeRequest request;
    request.set_name(absl::StrCat("nodes/", id, "-a"));
    request.set_nameserver(nameserver.name());
    EXPECT_TRUE(controller_.CreateNode(MemoryController::kAdmin, request).ok());
    nodes_.emplace_back(absl::StrCat(id, "-a"), id);
  }
  count_ = nodes_.size();
  thread_ = std::thread([this] { Run(); });
  controller_.set_on_committed([this](const replication::Position& head, bool) {
    const std::lock_guard<std::mutex> lock(mutex_);
    head_ = head;
    moved_ = true;
    wake_.notify_all();
  });
}

TestAcknowledgements::~TestAcknowledgements() {
  controller_.Stop();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

void TestAcknowledgements::Serve(size_t count) {
  const std::lock_guard<std::mutex> lock(mutex_);
  count_ = count;
  moved_ = true;
  wake_.notify_all();
}

void TestAcknowledgements::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stop_ || moved_; });
    if (stop_) return;
    moved_ = false;
    std::vector<replication::NodeProgress> all;
    for (size_t i = 0; i < count_; ++i) {
      replication::NodeProgress& progress = all.emplace_back();
      progress.node = nodes_[i].first;
      progress.nameserver = nodes_[i].second;
      progress.connected = true;
      progress.incarnation = "0123456789abcdef";
      progress.version = "0.1";
      progress.acknowledged = true;
      progress.epoch = head_.epoch;
      progress.acknowledged_index = head_.index;
    }
    lock.unlock();
    controller_.OnProgress(all);
    lock.lock();
  }
}

RegistrationWorld::RegistrationWorld()
    : registries(*Registries::Make(FaultyRegistry::Configs(), [this](const RegistryConfig& config) {
        return absl::StatusOr<std::unique_ptr<RegistryClient>>(
            registry.MakeClient(config, replication::SystemRandom()));
      })) {}

OperationDriver::Options RegistrationWorld::Quick() {
  OperationDriver::Options options;
  options.pauses = {1000, 4000};
  options.uncertain_us = 1'000'000;
  return options;
}

std::optional<DomainRow> RegistrationWorld::Domain(const std::string& name) {
  return *ReadDomain(host().replica(), name);
}

std::vector<ZoneRow> RegistrationWorld::Zones(const std::string& name) {
  const replication::FullView view(host().replica());
  std::vector<ZoneRow> zones;
  const std::vector<std::string> ids = *view.ZonesNamed("", *dns::Name::Parse(absl::StrCat(name, ".")));
  for (const std::string& id : ids) {
    const std::optional<ZoneRow> row = *view.Zone(id);
    if (row.has_value() && row->state() == stored::v1::ZONE_STATE_ACTIVE) zones.push_back(*row);
  }
  return zones;
}

std::string RegistrationWorld::MakeZone(const std::string& name) {
  return controller.MakeZone(name, "www 300 A 192.0.2.1\n").substr(std::string("zones/").size());
}

void RegistrationWorld::Fill(const std::string& zone_id) {
  v1::ChangeRecordSetsRequest request;
  request.set_parent(absl::StrCat("zones/", zone_id));
  v1::RecordSetChange& change = *request.add_changes();
  change.set_action(v1::RecordSetChange::ACTION_CREATE);
  v1::RecordSet& set = *change.mutable_record_set();
  set.set_owner("mail");
  set.set_type("A");
  set.set_ttl(300);
  set.add_values("192.0.2.7");
  const auto made = controller->ChangeRecordSets(MemoryController::kAdmin, request);
  EXPECT_TRUE(made.ok()) << made.status();
}

NewOperation Registration(const std::string& domain) {
  NewOperation operation;
  operation.kind = stored::v1::DOMAIN_OPERATION_KIND_REGISTER;
  operation.domain = domain;
  operation.registry = domain.substr(domain.find('.') + 1) == "thick" ? "thick" : "sandbox";
  operation.principal = "quartet://admin/test";
  return operation;
}

absl::StatusOr<std::string> SubmitTo(OperationDriver& driver, const NewOperation& operation) {
  Proposal proposal;
  proposal.principal = operation.principal;
  absl::StatusOr<DomainOperationRow> row = driver.Submit(operation, std::move(proposal));
  if (!row.ok()) return row.status();
  return row->id();
}

DomainOperationRow Await(OperationDriver& driver, const std::string& id,
                         const std::function<bool(const DomainOperationRow&)>& enough) {
  std::mutex mutex;
  std::condition_variable wake;
  bool moved = true;
  const auto watch = driver.WatchOperation(id, [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    moved = true;
    wake.notify_all();
  });
  EXPECT_TRUE(watch.ok()) << watch.status();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (true) {
    std::unique_lock<std::mutex> lock(mutex);
    const bool heard = wake.wait_until(lock, end, [&] { return moved; });
    moved = false;
    lock.unlock();
    const absl::StatusOr<DomainOperationRow> row = driver.Get(id);
    EXPECT_TRUE(row.ok()) << row.status();
    if (!row.ok()) return {};
    if (IsOver(*row) || (enough && enough(*row))) return *row;
    EXPECT_TRUE(heard) << "it has not ended: " << row->ShortDebugString();
    if (!heard) return *row;
  }
}

namespace {

void ExpectWhole(RegistrationWorld& world, const DomainOperationRow& operation) {
  const std::string& name = operation.domain();
  EXPECT_EQ(operation.code(), 0);
  const std::optional<DomainRow> row = world.Domain(name);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->state(), stored::v1::DOMAIN_STATE_REGISTERED);
  EXPECT_EQ(row->operation(), "");
  EXPECT_NE(row->expiry_time_us(), 0);
  EXPECT_NE(row->roid(), "");
  const std::optional<sandbox::Domain> there = world.registry.registry().FindDomain(name);
  ASSERT_TRUE(there.has_value());
  EXPECT_EQ(there->origin().sponsor(), "ours");
  EXPECT_EQ(there->auth_info(), row->auth_info());
  EXPECT_EQ(there->auth_info(), operation.auth_info());
  const std::vector<ZoneRow> zones = world.Zones(name);
  ASSERT_EQ(zones.size(), 1U);
  EXPECT_EQ(row->zone_id(), zones[0].id());
  const std::vector<std::string> wanted = HostNamesOf(*DelegationOf(world.host().replica(), zones[0]));
  EXPECT_EQ(wanted.size(), 4U);
  std::vector<std::string> told(there->hosts().begin(), there->hosts().end());
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, wanted);
  EXPECT_EQ(std::vector<std::string>(row->nameservers().begin(), row->nameservers().end()), wanted);
}

}  // namespace

void ExpectWholeOrNothing(RegistrationWorld& world, const DomainOperationRow& operation) {
  SCOPED_TRACE(operation.ShortDebugString());
  const std::string& name = operation.domain();
  if (operation.state() == stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL)
    return ExpectWhole(world, operation);
  EXPECT_EQ(operation.state(), stored::v1::DOMAIN_OPERATION_STATE_FAILED);
  EXPECT_NE(operation.message(), "");
  EXPECT_FALSE(world.Domain(name).has_value());
  EXPECT_TRUE(world.Zones(name).empty());
  const std::optional<sandbox::Domain> there = world.registry.registry().FindDomain(name);
  EXPECT_TRUE(!there.has_value() || there->origin().sponsor() != "ours");
}

}  // namespace quartet::controller
