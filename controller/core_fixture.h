// A controller over memory with a roster, for tests of its core.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/core.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {

namespace v1 = admin::v1;
using replication::NodeProgress;

inline const Caller kAdmin{"quartet://admin/test"};
inline constexpr char kRegions[4][10] = {"eu-west", "us-east", "ap-south", "sa-east"};

// A controller over memory, and nodes that acknowledge when told to.
class CoreTest : public ::testing::Test {
 protected:
  CoreTest() {
    auto store = std::make_unique<store::MemoryStore>();
    store_ = store.get();
    controller_ =
        std::move(Controller::Open(std::move(store), clock_, random_,
                                   {.name = "c-1",
                                    .version = "0.1",
                                    .spool_directory = absl::StrCat(::testing::TempDir(), "/imports")}))
            .value();
    controller_->set_on_committed([this](const replication::Position& head, bool roster_changed) {
      const std::lock_guard<std::mutex> lock(mutex_);
      head_ = head;
      roster_changes_ += roster_changed ? 1 : 0;
      moved_.notify_all();
    });
  }

  void MakeRoster(int slots = 1) {
    for (int i = 0; i < 4; ++i) {
      const std::string stripe(1, static_cast<char>('a' + i));
      v1::SetStripeDomainRequest domain;
      domain.set_name("stripes/" + stripe);
      domain.set_domain(absl::StrCat("quartet-", stripe, ".test"));
      ASSERT_TRUE(controller_->SetStripeDomain(kAdmin, domain).ok());
      for (int slot = 0; slot < slots; ++slot) {
        v1::CreateNameserverRequest nameserver;
        const std::string id = absl::StrCat("ns-", stripe, slot);
        nameserver.mutable_nameserver()->set_name("nameservers/" + id);
        nameserver.mutable_nameserver()->set_stripe(stripe);
        nameserver.mutable_nameserver()->set_slot(slot);
        nameserver.mutable_nameserver()->set_region(kRegions[i]);
        nameserver.mutable_nameserver()->add_addresses(absl::StrCat("127.0.", i, ".", slot + 1));
        const auto made = controller_->CreateNameserver(kAdmin, nameserver);
        ASSERT_TRUE(made.ok()) << made.status();
        v1::CreateNodeRequest node;
        node.set_name(absl::StrCat("nodes/", id, "-a"));
        node.set_nameserver("nameservers/" + id);
        ASSERT_TRUE(controller_->CreateNode(kAdmin, node).ok());
      }
    }
  }

  NodeProgress Progress(const std::string& node, const std::string& nameserver, uint64_t index) {
    NodeProgress progress;
    progress.node = node;
    progress.nameserver = nameserver;
    progress.connected = true;
    progress.incarnation = "0123456789abcdef";
    progress.version = "0.1";
    progress.acknowledged = true;
    progress.epoch = Head().epoch;
    progress.acknowledged_index = index;
    return progress;
  }

  replication::Position Head() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return head_;
  }

  void AckAll(uint64_t index) {
    std::vector<NodeProgress> all;
    const v1::ListNodesResponse nodes = *controller_->ListNodes();
    for (const auto& node : nodes.nodes()) {
      all.push_back(Progress(node.name().substr(6), node.nameserver().substr(12), index));
    }
    controller_->OnProgress(all);
  }

  // Waits until `done` is so, looking after each move of the nodes or of the log.
  template <typename Done>
  bool WaitUntil(const Done& done) {
    const auto watch = controller_->WatchNodes([this] {
      const std::lock_guard<std::mutex> lock(mutex_);
      moved_.notify_all();
    });
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::unique_lock<std::mutex> lock(mutex_);
      moved_.wait_for(lock, std::chrono::milliseconds(20));
    }
    return true;
  }

  bool AllCounted() {
    const auto nodes = *controller_->ListNodes();
    return std::all_of(nodes.nodes().begin(), nodes.nodes().end(),
                       [](const v1::Node& node) { return node.state() == v1::Node::STATE_COUNTED; });
  }

  absl::StatusOr<v1::CreateZoneResponse> MakeZone(const std::string& name, const std::string& file = "",
                                                  const std::string& request_id = "") {
    v1::CreateZoneRequest request;
    request.set_domain_name(name);
    request.set_zone_file(file);
    request.set_zone_file_name("test.zone");
    request.set_request_id(request_id);
    return controller_->CreateZone(kAdmin, request);
  }

  absl::StatusOr<v1::Change> Upsert(const std::string& zone, const std::string& owner,
                                    const std::string& value, const std::string& request_id = "") {
    v1::ChangeRecordSetsRequest request;
    request.set_parent(zone);
    request.set_request_id(request_id);
    v1::RecordSetChange& change = *request.add_changes();
    change.set_action(v1::RecordSetChange::ACTION_UPSERT);
    change.mutable_record_set()->set_owner(owner);
    change.mutable_record_set()->set_type("A");
    change.mutable_record_set()->set_ttl(60);
    change.mutable_record_set()->add_values(value);
    change.mutable_record_set()->set_writer("tester");
    return controller_->ChangeRecordSets(kAdmin, request);
  }

  v1::Change GetChange(const std::string& name) {
    v1::GetChangeRequest request;
    request.set_name(name);
    return *controller_->GetChange(request);
  }
  bool IsInsync(const std::string& change) { return GetChange(change).state() == v1::Change::STATE_INSYNC; }

  absl::StatusOr<v1::ListRecordSetsResponse> List(const std::string& zone, int size = 0,
                                                  const std::string& token = "",
                                                  const std::string& owner = "",
                                                  const std::string& type = "") {
    v1::ListRecordSetsRequest request;
    request.set_parent(zone);
    request.set_page_size(size);
    request.set_page_token(token);
    request.set_owner(owner);
    request.set_type(type);
    return controller_->ListRecordSets(request);
  }

  ManualClock clock_;
  SeededRandom random_;
  std::mutex mutex_;
  std::condition_variable moved_;
  replication::Position head_;
  int roster_changes_ = 0;
  store::MemoryStore* store_ = nullptr;
  std::unique_ptr<Controller> controller_;
};

}  // namespace quartet::controller
