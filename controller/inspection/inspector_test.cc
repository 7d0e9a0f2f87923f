#include "controller/inspection/inspector.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "controller/inspection/quarantine.h"
#include "controller/inspection/zone_inspection.h"
#include "controller/sequencer/plan_fixture.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"
#include "replication/store/replaceable_store.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;

class InspectionTest : public PlanTest {
 protected:
  InspectionTest() {
    MakeNameservers(1);
    quarantine_ = std::move(Quarantine::Open(store_, replication::SystemClock())).value();
  }

  std::string MakeZone(const std::string& name) {
    const NewZone zone{*dns::Name::Parse(name), "", "", {}, ""};
    return Commit([&](const PlanContext& context) {
             return PlanNewZone(context, zone, [](const std::string&) { return uint64_t{0}; });
           })
        ->zone_id;
  }

  // Has the sequencer forget what plans have read, and then run this one.
  absl::Status ReadAnew(PlanFn plan) {
    Proposal proposal;
    proposal.plan = std::move(plan);
    proposal.read_anew = true;
    return Commit(std::move(proposal)).status();
  }

  absl::StatusOr<Outcome> Change(const std::string& zone_id, const std::string& owner,
                                 const std::string& address) {
    google::protobuf::RepeatedPtrField<admin::v1::RecordSetChange> changes;
    admin::v1::RecordSetChange& change = *changes.Add();
    change.set_action(admin::v1::RecordSetChange::ACTION_UPSERT);
    change.mutable_record_set()->set_owner(owner);
    change.mutable_record_set()->set_type("A");
    change.mutable_record_set()->set_ttl(60);
    change.mutable_record_set()->add_values(address);
    FaultList faults;
    const auto edits = ReadChanges(changes, *ApexOf(**view_.Zone(zone_id)), faults);
    EXPECT_TRUE(faults.empty());
    return Commit([&](const PlanContext& context) { return PlanChanges(context, zone_id, edits); });
  }

  // The key of its first record set, or of that one's control part.
  std::string FirstKey(const std::string& prefix) {
    return std::string(store_.Scan(prefix, store::PrefixEnd(prefix))->key());
  }
  std::string Get(const std::string& key) { return **store_.Get(key); }
  void Put(const std::string& key, const std::string& value) {
    store::Batch batch;
    batch.Put(key, value);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }

  absl::StatusOr<ZoneInspection> Inspect(const std::string& zone_id) {
    return InspectZone(
        store_, zone_id, [] { return true; }, *quarantine_);
  }

  // What another thread is about to do.
  template <typename Done>
  bool WaitUntil(const Done& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return done();
  }

  std::unique_ptr<Quarantine> quarantine_;
};

TEST_F(InspectionTest, AZoneThatIsWhatItsRowSaysIsNotQuarantined) {
  const auto inspection = Inspect(MakeZone("example.com."));
  ASSERT_TRUE(inspection.ok()) << inspection.status();
  EXPECT_EQ(inspection->fault, "");
  EXPECT_EQ(inspection->served, inspection->zone.parts[0].digest);
  EXPECT_EQ(quarantine_->size(), 0u);
  EXPECT_EQ(Inspect("Z0000000000000").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(InspectionTest, DamageIsQuarantinedUntilItIsGone) {
  const std::string zone = MakeZone("example.com.");
  for (const std::string& prefix : {layout::Generation(zone, 1), layout::ControlGeneration(zone, 1)}) {
    const std::string key = FirstKey(prefix);
    const std::string right = Get(key);
    Put(key, absl::StrCat(right, "x"));
    EXPECT_NE(Inspect(zone)->fault, "");
    EXPECT_NE(quarantine_->Reason(zone), "");
    const absl::Status refused = quarantine_->Check(zone, "example.com.");
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(refused.message().find("quartet verify example.com. --repair"), std::string::npos);
    Put(key, right);
    EXPECT_EQ(Inspect(zone)->fault, "");
    EXPECT_TRUE(quarantine_->Check(zone, "example.com.").ok());
  }
}

TEST_F(InspectionTest, ANoteOutlivesTheProcess) {
  const std::string zone = MakeZone("example.com.");
  quarantine_->Put(zone, 1, 7, "it is damaged");
  quarantine_ = std::move(Quarantine::Open(store_, replication::SystemClock())).value();
  ASSERT_EQ(quarantine_->size(), 1u);
  EXPECT_EQ(quarantine_->rows()[0].revision(), 7u);
  EXPECT_EQ(quarantine_->Reason(zone), "it is damaged");
  quarantine_->Lift(zone, 1);
  quarantine_ = std::move(Quarantine::Open(store_, replication::SystemClock())).value();
  EXPECT_EQ(quarantine_->size(), 0u);
}

TEST_F(InspectionTest, ANoteThatCanNotBeReadIsOneAllTheSame) {
  const std::string zone = MakeZone("example.com.");
  Put(layout::Meta("controller/quarantine/" + zone), "\xff");
  quarantine_ = std::move(Quarantine::Open(store_, replication::SystemClock())).value();
  EXPECT_NE(quarantine_->Reason(zone), "");
}

TEST_F(InspectionTest, RowsThatCanNotBeReadAreDamage) {
  const std::string zone = MakeZone("example.com.");
  Put(layout::Zone(zone), "\xff");
  EXPECT_NE(Inspect(zone)->fault, "");
  EXPECT_NE(quarantine_->Reason(zone), "");
}

// Plans read through a cache, which a repair of the replica would leave with what was damaged.
TEST_F(InspectionTest, AZoneThatWasMadeRightIsChangedFromWhatItHoldsNow) {
  const std::string zone = MakeZone("example.com.");
  const std::string soa = layout::Record(zone, 1, std::string("\0\0\6", 3));
  const std::string right = Get(soa);
  Put(soa, absl::StrCat(right, "x"));
  ASSERT_NE(Inspect(zone)->fault, "");
  ASSERT_TRUE(ReadAnew([&](const PlanContext& context) {
                EXPECT_TRUE(context.view.Get(soa).ok());
                return Plan{};
              }).ok());

  Put(soa, right);
  quarantine_->set_before_lift([] { return absl::UnavailableError("not now"); });
  EXPECT_EQ(Inspect(zone)->fault, "");
  EXPECT_NE(quarantine_->Reason(zone), "") << "who remembers it can't be told";
  quarantine_->set_before_lift([this] { return ReadAnew([](const PlanContext&) { return Plan{}; }); });
  EXPECT_EQ(Inspect(zone)->fault, "");
  EXPECT_EQ(quarantine_->Reason(zone), "");
  // The change moves the SOA's serial.
  ASSERT_TRUE(Change(zone, "www", "192.0.2.1").ok());
  EXPECT_NE(Get(soa), right);
  EXPECT_EQ(Inspect(zone)->fault, "");
}

TEST_F(InspectionTest, AStoreThatCanNotBeReadIsAFaultOfItsOwn) {
  store::ReplaceableStore store(std::make_unique<store::MemoryStore>());
  const auto none = []() -> absl::StatusOr<std::unique_ptr<store::Store>> {
    return absl::DataLossError("gone");
  };
  EXPECT_FALSE(store.Replace(std::chrono::seconds(1), none).ok());
  Inspector inspector(store, replication::SystemClock(), {}, *quarantine_);
  EXPECT_TRUE(WaitUntil([&] { return !inspector.store_fault().empty(); }));
  EXPECT_EQ(inspector.progress().end_us, 0);
  const auto another = []() -> absl::StatusOr<std::unique_ptr<store::Store>> {
    return std::make_unique<store::MemoryStore>();
  };
  EXPECT_TRUE(store.Replace(std::chrono::seconds(10), another).ok());
  EXPECT_TRUE(WaitUntil([&] { return inspector.store_fault().empty(); }));
}

TEST_F(InspectionTest, TheScrubQuarantinesAndWhatWasMadeRightComesOut) {
  const std::string damaged = MakeZone("example.com.");
  const std::string sound = MakeZone("example.org.");
  const std::string key = FirstKey(layout::Generation(damaged, 1));
  const std::string right = Get(key);
  Put(key, absl::StrCat(right, "x"));
  Inspector inspector(store_, replication::SystemClock(), {}, *quarantine_);
  ASSERT_TRUE(WaitUntil([&] { return !inspector.Quarantined(damaged).empty(); }));
  EXPECT_EQ(inspector.Quarantined(sound), "");
  ASSERT_TRUE(WaitUntil([&] { return inspector.progress().zones == 2; }));
  EXPECT_EQ(inspector.progress().damaged, 1u);

  Put(key, right);
  inspector.Suspect(damaged);
  EXPECT_TRUE(WaitUntil([&] { return inspector.Quarantined(damaged).empty(); }));
}

}  // namespace
}  // namespace quartet::controller
