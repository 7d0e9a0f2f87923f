#include "tests/registrar/registrar_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/operations/system_principal.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

const Caller kAdmin{"quartet://admin/test"};
// Of a wait for something that has to come.
constexpr std::chrono::seconds kAtMost(30);

sandbox::RegistryConfig AllTlds() {
  sandbox::RegistryConfig config = sandbox::RunningRegistry::DefaultConfig();
  sandbox::Tld& thick = config.tlds["thick"];
  thick.name = "thick";
  thick.thick = true;
  thick.hosts = sandbox::Tld::Hosts::kAttributes;
  thick.sec_dns = sandbox::Tld::SecDns::kKeyData;
  sandbox::Tld& slow = config.tlds["slow"];
  slow.name = "slow";
  slow.pending_create_us = int64_t{3600} * 1'000'000;
  slow.pending_delete_us = int64_t{3600} * 1'000'000;
  return config;
}

epp::Contact Ada() {
  epp::Contact contact;
  contact.id = "ada-1";
  contact.name = "Ada";
  contact.city = "Berlin";
  contact.country = "DE";
  contact.email = "ada@example.test";
  return contact;
}

std::unique_ptr<RegistryClient> MakeClient(const RegistryConfig& config) {
  auto client = MakeRegistryClient(config, replication::SystemRandom());
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

}  // namespace

RegistrarWorld::RegistrarWorld(const Options& options) : running_(AllTlds(), sandbox::Faults(), clock_) {
  controller_ = std::move(Controller::Open(std::make_unique<store::MemoryStore>(), clock_, random_,
                                           {.name = "c-1", .version = "0.1"}))
                    .value();
  controller_->set_on_committed([this](const replication::Position& head, bool) {
    const std::lock_guard<std::mutex> lock(mutex_);
    head_ = head;
    ++commits_;
    moved_.notify_all();
  });
  nodes_ = std::thread([this] { RunNodes(); });
  MakeNameservers(options);
  MakeRegistries();
  StartDriver();
}

void RegistrarWorld::MakeNameservers(const Options& options) {
  for (const char* stripe : {"a", "b", "c", "d"}) {
    v1::SetStripeDomainRequest domain;
    domain.set_name(absl::StrCat("stripes/", stripe));
    domain.set_domain(absl::StrCat("quartet-", stripe, ".", options.stripe_tld));
    EXPECT_TRUE(controller_->SetStripeDomain(kAdmin, domain).ok());
    for (int slot = 0; slot < options.slots; ++slot)
      AddNameserver(stripe, slot, {absl::StrCat("192.0.2.", 16 * (stripe[0] - 'a') + slot + 1)});
  }
}

void RegistrarWorld::MakeRegistries() {
  RegistriesConfig all;
  all.registries = {RegistryConfigOf(running_, {"test", "slow"}), RegistryConfigOf(running_, {"thick"})};
  RegistryConfig& thick = all.registries.back();
  thick.name = "thick";
  thick.host_model = epp::HostModel::kAttributes;
  thick.wants_keys = true;
  thick.contacts = {{"registrant", "ada"}, {"admin", "ada"}, {"tech", "ada"}, {"billing", "ada"}};
  all.contacts["ada"] = Ada();
  theirs_ = MakeClient(RegistryConfigOf(running_, {"test", "slow"}, "theirs", "secret-2"));
  const auto make = [this](const RegistryConfig& config) -> absl::StatusOr<std::unique_ptr<RegistryClient>> {
    std::unique_ptr<RegistryClient>& real = real_[config.name];
    real = MakeClient(config);
    auto fragile = std::make_unique<FragileRegistry>(*real);
    if (config.name == "sandbox") {
      fragile_ = fragile.get();
      fragile_->set_on_struck([this] { Moved(); });
    }
    return fragile;
  };
  registries_ = std::move(Registries::Make(std::move(all), make)).value();
}

RegistrarWorld::~RegistrarWorld() {
  upkeep_.reset();
  driver_.reset();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    moved_.notify_all();
  }
  nodes_.join();
  controller_->Stop();
}

void RegistrarWorld::StartDriver() {
  OperationDriver::Options options;
  options.pauses.first_us = 1'000;
  options.pauses.most_us = 10'000;
  options.uncertain_us = 50'000;
  driver_ = std::make_unique<OperationDriver>(host(), *registries_, clock_, random_, options);
}

void RegistrarWorld::StartUpkeep() {
  upkeep_ = std::make_unique<Upkeep>(
      host(), *registries_, clock_,
      [this](const NewOperation& operation) -> absl::StatusOr<std::string> {
        Proposal proposal;
        proposal.principal = std::string(kSystemPrincipal);
        absl::StatusOr<stored::v1::DomainOperationRow> row = driver_->Submit(operation, std::move(proposal));
        if (!row.ok()) return row.status();
        return row->id();
      },
      Upkeep::Options());
}

void RegistrarWorld::Restart() {
  const bool upkeep = upkeep_ != nullptr;
  upkeep_.reset();
  driver_.reset();
  fragile_->Revive();
  StartDriver();
  if (upkeep) StartUpkeep();
}

void RegistrarWorld::AddNameserver(const std::string& stripe, int slot,
                                   const std::vector<std::string>& addresses) {
  v1::CreateNameserverRequest request;
  v1::Nameserver& nameserver = *request.mutable_nameserver();
  const std::string id = absl::StrCat("ns-", stripe, slot);
  nameserver.set_name("nameservers/" + id);
  nameserver.set_stripe(stripe);
  nameserver.set_slot(static_cast<uint32_t>(slot));
  nameserver.set_region(absl::StrCat("region-", stripe));
  for (const std::string& address : addresses) nameserver.add_addresses(address);
  const auto made = controller_->CreateNameserver(kAdmin, request);
  EXPECT_TRUE(made.ok()) << made.status();
  v1::CreateNodeRequest node;
  node.set_name(absl::StrCat("nodes/", id, "-1"));
  node.set_nameserver("nameservers/" + id);
  const auto enrolled = controller_->CreateNode(kAdmin, node);
  EXPECT_TRUE(enrolled.ok()) << enrolled.status();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    nameservers_.insert(id);
  }
  Moved();
}

void RegistrarWorld::AddRecord(const std::string& zone_id) {
  v1::ChangeRecordSetsRequest request;
  request.set_parent("zones/" + zone_id);
  v1::RecordSetChange& change = *request.add_changes();
  change.set_action(v1::RecordSetChange::ACTION_CREATE);
  change.mutable_record_set()->set_owner("www");
  change.mutable_record_set()->set_type("A");
  change.mutable_record_set()->set_ttl(60);
  change.mutable_record_set()->add_values("192.0.2.80");
  const auto changed = controller_->ChangeRecordSets(kAdmin, request);
  EXPECT_TRUE(changed.ok()) << changed.status();
}

void RegistrarWorld::SetAway(const std::string& nameserver, bool away) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    away ? void(away_.insert(nameserver)) : void(away_.erase(nameserver));
  }
  Moved();
}

void RegistrarWorld::Moved() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++commits_;
  moved_.notify_all();
}

void RegistrarWorld::RunNodes() {
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      moved_.wait(lock, [this] { return stop_ || acknowledged_commits_ != commits_; });
      if (stop_) return;
      acknowledged_commits_ = commits_;
    }
    Acknowledge();
  }
}

void RegistrarWorld::Acknowledge() {
  std::vector<replication::NodeProgress> all;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::string& nameserver : nameservers_) {
      if (away_.contains(nameserver)) continue;
      replication::NodeProgress& progress = all.emplace_back();
      progress.node = nameserver + "-1";
      progress.nameserver = nameserver;
      progress.connected = true;
      progress.incarnation = "i";
      progress.acknowledged = true;
      progress.epoch = head_.epoch;
      progress.acknowledged_index = head_.index;
    }
  }
  controller_->OnProgress(all);
}

std::string RegistrarWorld::Submit(stored::v1::DomainOperationKind kind, const std::string& domain,
                                   const stored::v1::DomainWish& wish) {
  NewOperation operation;
  operation.kind = kind;
  operation.domain = domain;
  operation.registry = registries_->Of(domain)->config().name;
  operation.principal = kAdmin.principal;
  operation.wish = wish;
  Proposal proposal;
  proposal.principal = kAdmin.principal;
  const auto row = driver_->Submit(operation, std::move(proposal));
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? row->id() : "";
}

stored::v1::DomainOperationRow RegistrarWorld::AwaitEnd(const std::string& operation) {
  stored::v1::DomainOperationRow row;
  AwaitCommitted(absl::StrCat("the end of operation ", operation), [&] {
    const auto read = ReadOperation(replica(), operation);
    if (!read.ok() || !read->has_value()) return false;
    row = **read;
    return IsOver(row);
  });
  return row;
}

bool RegistrarWorld::AwaitStruckOrEnd(const std::string& operation) {
  AwaitCommitted(absl::StrCat("a blow to operation ", operation), [&] {
    if (fragile_->struck()) return true;
    const auto row = ReadOperation(replica(), operation);
    return row.ok() && row->has_value() && IsOver(**row);
  });
  return fragile_->struck();
}

stored::v1::DomainOperationRow RegistrarWorld::Do(stored::v1::DomainOperationKind kind,
                                                  const std::string& domain,
                                                  const stored::v1::DomainWish& wish) {
  const stored::v1::DomainOperationRow row = AwaitEnd(Submit(kind, domain, wish));
  EXPECT_EQ(row.state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL) << row.ShortDebugString();
  return row;
}

void RegistrarWorld::Register(const std::string& domain) {
  Do(stored::v1::DOMAIN_OPERATION_KIND_REGISTER, domain);
}

void RegistrarWorld::AwaitOperation(const std::string& operation, const std::string& what,
                                    const std::function<bool(const stored::v1::DomainOperationRow&)>& is_so) {
  const auto watch = driver_->WatchOperation(operation, [this] { Moved(); });
  ASSERT_TRUE(watch.ok()) << watch.status();
  AwaitCommitted(what, [&] {
    const auto row = driver_->Get(operation);
    return row.ok() && is_so(*row);
  });
}

void RegistrarWorld::AwaitCommitted(const std::string& what, const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + kAtMost;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    const uint64_t seen = commits_;
    lock.unlock();
    const bool so = is_so();
    lock.lock();
    if (so) return;
    if (!moved_.wait_until(lock, deadline, [&] { return commits_ != seen; })) {
      ADD_FAILURE() << what << " does not come";
      return;
    }
  }
}

std::optional<stored::v1::DomainRow> RegistrarWorld::Domain(const std::string& name) {
  const auto row = ReadDomain(replica(), name);
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? *row : std::nullopt;
}

std::vector<std::string> RegistrarWorld::NameserversAtRegistry(const std::string& domain) {
  std::vector<std::string> names;
  const std::optional<sandbox::Domain> row = registry().FindDomain(domain);
  if (!row.has_value()) return names;
  names.assign(row->hosts().begin(), row->hosts().end());
  for (const sandbox::HostAttribute& attribute : row->attributes()) names.push_back(attribute.name());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace quartet::controller
