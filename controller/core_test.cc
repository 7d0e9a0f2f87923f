#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/core_fixture.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/faults.h"
#include "gtest/gtest.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {
namespace {

TEST_F(CoreTest, AZoneGoesFromNothingToInsync) {
  MakeRoster();
  AckAll(Head().index);
  ASSERT_TRUE(WaitUntil([&] { return AllCounted(); }));
  const auto made = MakeZone("Example.com", "$TTL 300\n@ NS old.test.\nwww A 192.0.2.1\n@ MX 10 mail\n");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->zone().domain_name(), "Example.com.");
  EXPECT_EQ(made->zone().record_sets(), 4u);
  EXPECT_EQ(made->warnings_size(), 1);
  ASSERT_EQ(made->zone().nameservers_size(), 4);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(made->zone().nameservers(i).region(), kRegions[i]);
  EXPECT_EQ(made->zone().nameservers(0).host_name(), "ns-a0.quartet-a.test.");
  EXPECT_EQ(made->change().state(), v1::Change::STATE_PENDING);

  AckAll(made->change().index());
  ASSERT_TRUE(WaitUntil([&] { return IsInsync(made->change().name()); }));
  const v1::Change change = GetChange(made->change().name());
  EXPECT_TRUE(change.has_insync_time());
  EXPECT_EQ(change.safe_after_time().seconds(), change.insync_time().seconds()) << "there was nothing before";
  ASSERT_EQ(change.nameservers_size(), 4);
  for (const auto& nameserver : change.nameservers()) {
    EXPECT_TRUE(nameserver.serving());
    EXPECT_EQ(nameserver.nodes_size(), 1);
  }
  // The replica shows it a moment before those who are told.
  EXPECT_TRUE(WaitUntil([&] { return controller_->GetStatus().pending_changes() == 0; }));
}

TEST_F(CoreTest, AnImportTooLargeForOneEntryGoesInsync) {
  MakeRoster();
  AckAll(Head().index);
  ASSERT_TRUE(WaitUntil([&] { return AllCounted(); }));
  std::string text = "$TTL 60\n@ NS old.test.\n";
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&text, "h", i, " A 192.0.2.1\n");
  v1::ImportStart start;
  start.mutable_new_zone()->set_domain_name("Example.com");
  ScriptedStream stream(Messages(start, text));
  const auto made = controller_->ImportZone(kAdmin, stream);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->zone().record_sets(), 5002u);
  EXPECT_EQ(made->zone().domain_name(), "Example.com.");
  EXPECT_EQ(made->added(), 5000u);
  EXPECT_EQ(made->total_warnings(), 1u);
  EXPECT_EQ(made->change().state(), v1::Change::STATE_PENDING);
  EXPECT_EQ(controller_->GetStatus().zones(), 1u);
  AckAll(made->change().index());
  EXPECT_TRUE(WaitUntil([&] { return IsInsync(made->change().name()); }));
}

TEST_F(CoreTest, GetChangeNamesWhoServesAndWhoDoesNot) {
  MakeRoster();
  AckAll(Head().index);
  ASSERT_TRUE(WaitUntil([&] { return AllCounted(); }));
  const auto made = MakeZone("example.com");
  controller_->OnProgress({Progress("ns-a0-a", "ns-a0", made->change().index())});
  NodeProgress behind = Progress("ns-b0-a", "ns-b0", made->change().index());
  behind.exceptions.push_back({made->zone().name().substr(6), 0, "fetching"});
  controller_->OnProgress({behind});
  const v1::Change change = GetChange(made->change().name());
  EXPECT_TRUE(change.nameservers(0).serving());
  EXPECT_FALSE(change.nameservers(1).serving());
  EXPECT_EQ(change.nameservers(1).nodes(0).exception(), "fetching");
  EXPECT_FALSE(change.nameservers(2).serving());
  EXPECT_TRUE(change.nameservers(2).nodes(0).counted());
}

TEST_F(CoreTest, AChangesReplyIsWhatGetChangeSays) {
  MakeRoster();
  const auto made = MakeZone("example.com");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->change().DebugString(), GetChange(made->change().name()).DebugString());
  const auto changed = Upsert(made->zone().name(), "www", "192.0.2.1", "r-1");
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->DebugString(), GetChange(changed->name()).DebugString());
  EXPECT_EQ(changed->revision(), 2u);
  const auto again = Upsert(made->zone().name(), "www", "192.0.2.1", "r-1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(changed->DebugString(), again->DebugString());
}

TEST_F(CoreTest, RequestsAreAnsweredOnceAndThenAgain) {
  MakeRoster();
  const auto made = MakeZone("example.com", "", "r1");
  ASSERT_TRUE(made.ok());
  const auto again = MakeZone("example.com", "", "r1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->zone().name(), made->zone().name());
  EXPECT_EQ(again->change().name(), made->change().name());
  EXPECT_TRUE(absl::IsAlreadyExists(MakeZone("example.net", "", "r1").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(MakeZone("example.net", "", std::string(65, 'x')).status()));

  const auto change = Upsert(made->zone().name(), "www", "192.0.2.1", "r2");
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(Upsert(made->zone().name(), "www", "192.0.2.1", "r2")->name(), change->name());

  v1::DeleteZoneRequest remove;
  remove.set_name("zones/example.com");
  remove.set_force(true);
  remove.set_request_id("r3");
  const auto removed = controller_->DeleteZone(kAdmin, remove);
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(controller_->DeleteZone(kAdmin, remove)->name(), removed->name());
  remove.set_request_id("r4");
  EXPECT_TRUE(absl::IsNotFound(controller_->DeleteZone(kAdmin, remove).status()));
  // What was asked before the deletion is answered still.
  EXPECT_EQ(Upsert(made->zone().name(), "www", "192.0.2.1", "r2")->name(), change->name());
}

TEST_F(CoreTest, AZonesSettingsAreChangedOnceAndThenShown) {
  MakeRoster();
  ASSERT_TRUE(MakeZone("example.com").ok());
  v1::UpdateZoneRequest request;
  request.set_name("zones/example.com");
  request.set_hostmaster("hostmaster.example.com");
  request.set_ns_ttl(600);
  request.set_request_id("once");
  const auto change = controller_->UpdateZone(kAdmin, request);
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->revision(), 2u);
  ASSERT_EQ(change->warnings_size(), 1);
  EXPECT_EQ(change->warnings(0).rule(), "final-dot-missing");
  EXPECT_EQ(controller_->UpdateZone(kAdmin, request)->name(), change->name());
  request.set_ns_ttl(601);
  EXPECT_TRUE(absl::IsAlreadyExists(controller_->UpdateZone(kAdmin, request).status()));

  v1::GetZoneRequest get;
  get.set_name("zones/example.com");
  const v1::Zone zone = *controller_->GetZone(get);
  EXPECT_EQ(zone.soa().hostmaster(), "hostmaster.example.com.example.com.");
  EXPECT_EQ(zone.ns_ttl(), 600u);
}

TEST_F(CoreTest, ZonesAreFoundByIdAndByName) {
  MakeRoster(2);
  const std::string id = MakeZone("example.com")->zone().name();
  const auto get = [&](const std::string& name) {
    v1::GetZoneRequest request;
    request.set_name(name);
    return controller_->GetZone(request);
  };
  EXPECT_EQ(get(id)->domain_name(), "example.com.");
  EXPECT_EQ(get("zones/EXAMPLE.com.")->name(), id);
  EXPECT_TRUE(absl::IsNotFound(get("zones/example.net").status()));
  EXPECT_TRUE(absl::IsNotFound(get("zones/Z0000000000000").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(get("example.com").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(get("zones/").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(get("zones/a..b").status()));
  ASSERT_TRUE(MakeZone("example.com").ok());
  EXPECT_EQ(get("zones/example.com").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(get(id).ok());
}

TEST_F(CoreTest, ZonesAreListedInCanonicalOrderPageByPage) {
  MakeRoster();
  for (const char* name : {"b.test", "a.test", "z.example", "test", "gone.test"})
    ASSERT_TRUE(MakeZone(name).ok());
  v1::DeleteZoneRequest remove;
  remove.set_name("zones/gone.test");
  ASSERT_TRUE(controller_->DeleteZone(kAdmin, remove).ok());
  std::vector<std::string> names;
  v1::ListZonesRequest request;
  request.set_page_size(2);
  int pages = 0;
  do {
    const auto page = controller_->ListZones(request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Zone& zone : page->zones()) names.push_back(zone.domain_name());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(names, (std::vector<std::string>{"z.example.", "test.", "a.test.", "b.test."}));
  EXPECT_GE(pages, 2);
  request.set_page_token("!");
  EXPECT_TRUE(absl::IsInvalidArgument(controller_->ListZones(request).status()));
  request.set_page_token("");
  request.set_domain_name("A.test");
  EXPECT_EQ(controller_->ListZones(request)->zones_size(), 1);
  EXPECT_EQ(controller_->GetStatus().zones(), 4u);
  const auto nameservers = *controller_->ListNameservers();
  for (const auto& nameserver : nameservers.nameservers()) EXPECT_EQ(nameserver.zones(), 4u);
}

TEST_F(CoreTest, RecordSetsAreListedWithFiltersAndPages) {
  MakeRoster();
  const std::string zone = MakeZone("example.com")->zone().name();
  for (const char* owner : {"www", "a", "x.a"}) ASSERT_TRUE(Upsert(zone, owner, "192.0.2.1").ok());
  const auto all = *List(zone);
  std::vector<std::string> seen;
  for (const auto& set : all.record_sets()) seen.push_back(absl::StrCat(set.owner(), " ", set.type()));
  EXPECT_EQ(seen, (std::vector<std::string>{"example.com. NS", "example.com. SOA", "a.example.com. A",
                                            "x.a.example.com. A", "www.example.com. A"}));
  EXPECT_EQ(all.record_sets(2).writer(), "tester");
  EXPECT_EQ(all.revision(), 4u);
  std::vector<std::string> paged;
  std::string token;
  do {
    const auto page = *List(zone, 2, token);
    for (const auto& set : page.record_sets()) paged.push_back(absl::StrCat(set.owner(), " ", set.type()));
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(paged, seen);
  EXPECT_EQ(List(zone, 0, "", "@")->record_sets_size(), 2);
  EXPECT_EQ(List(zone, 0, "", "a", "A")->record_sets_size(), 1);
  EXPECT_EQ(List(zone, 0, "", "", "a")->record_sets_size(), 3);
  EXPECT_EQ(List(zone, 0, "", "nope")->record_sets_size(), 0);
  EXPECT_TRUE(absl::IsInvalidArgument(List(zone, -1).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(List(zone, 0, "", "www.example.net.").status()));
}

TEST_F(CoreTest, AZoneFileWithFaultsChangesNothing) {
  MakeRoster();
  const uint64_t index = controller_->GetStatus().index();
  const auto refused = MakeZone("example.com", "$TTL 300\nwww A 192.0.2.999\na CNAME\n");
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status()));
  EXPECT_EQ(FaultsOf(refused.status())->total(), 2u);
  const auto rules = MakeZone("example.com", "$TTL 300\na CNAME b\na A 192.0.2.1\n");
  ASSERT_FALSE(rules.ok());
  EXPECT_EQ(FaultsOf(rules.status())->faults(0).rule(), "cname-beside-other-types");
  EXPECT_TRUE(absl::IsInvalidArgument(MakeZone("*.example.com").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(MakeZone("").status()));
  std::string large = "$TTL 300\n";
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&large, "h", i, " TXT \"", std::string(250, 'x'), "\"\n");
  EXPECT_TRUE(absl::IsResourceExhausted(MakeZone("example.com", large).status()));
  EXPECT_EQ(controller_->GetStatus().index(), index);
}

TEST_F(CoreTest, AFullDiskRefusesChangesAndServesReads) {
  MakeRoster();
  const std::string zone = MakeZone("example.com")->zone().name();
  store_->FailWrites(absl::ResourceExhaustedError("no space left on device"));
  const auto refused = Upsert(zone, "www", "192.0.2.1");
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status()));
  EXPECT_NE(refused.status().message().find("no space left"), absl::string_view::npos);
  EXPECT_NE(controller_->GetStatus().read_only_reason(), "");
  EXPECT_EQ(List(zone)->record_sets_size(), 2);
  store_->FailWrites(absl::OkStatus());
  EXPECT_TRUE(Upsert(zone, "www", "192.0.2.1").ok());
  EXPECT_EQ(controller_->GetStatus().read_only_reason(), "");
}

TEST_F(CoreTest, AQuarantinedZoneTakesNoChangesAndIsAnAlarm) {
  MakeRoster();
  const std::string zone = MakeZone("example.com")->zone().name();
  ASSERT_TRUE(Upsert(zone, "www", "192.0.2.1").ok());
  ASSERT_TRUE(MakeZone("example.org").ok());
  const std::string id = zone.substr(6);
  store::Batch damage;
  const std::string www = replication::layout::Record(id, 1, std::string("www\0\0\0\1", 7));
  std::string value = **store_->Get(www);
  value.back() ^= 1;
  damage.Put(www, value);
  ASSERT_TRUE(store_->Write(damage, store::Store::Sync::kYes).ok());
  controller_->StartInspection({});
  ASSERT_TRUE(WaitUntil([&] { return controller_->GetStatus().zones_quarantined() == 1; }));

  const v1::Status status = controller_->GetStatus();
  ASSERT_EQ(status.alarms_total(), 1u);
  EXPECT_EQ(status.alarms(0).source(), "controllers/c-1");
  EXPECT_EQ(status.alarms(0).zone(), zone);
  v1::GetZoneRequest get;
  get.set_name(zone);
  EXPECT_NE(controller_->GetZone(get)->quarantined(), "");
  const auto refused = Upsert(zone, "www", "192.0.2.2");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.status().message().find("quartet verify example.com. --repair"), std::string::npos);
  EXPECT_TRUE(Upsert("zones/example.org", "www", "192.0.2.2").ok());
  v1::ImportStart start;
  start.set_zone(zone);
  for (const v1::ImportMode mode : {v1::IMPORT_MODE_MERGE, v1::IMPORT_MODE_REPLACE}) {
    start.set_mode(mode);
    start.set_force(mode == v1::IMPORT_MODE_REPLACE);
    ScriptedStream stream(Messages(start, "mail 60 A 192.0.2.3\n"));
    EXPECT_EQ(controller_->ImportZone(kAdmin, stream).status().code(), absl::StatusCode::kFailedPrecondition);
  }
  // It takes nothing from what is damaged.
  v1::DeleteZoneRequest remove;
  remove.set_name(zone);
  remove.set_force(true);
  EXPECT_TRUE(controller_->DeleteZone(kAdmin, remove).ok());
  EXPECT_EQ(controller_->GetStatus().alarms_total(), 0u);
}

TEST_F(CoreTest, TheFeedHearsOfACommitBeforeTheCaller) {
  MakeRoster();
  EXPECT_GE(roster_changes_, 12);
  for (int i = 0; i < 50; ++i) {
    const auto made = MakeZone(absl::StrCat("z", i, ".test"));
    ASSERT_TRUE(made.ok());
    EXPECT_GE(Head().index, made->change().index());
  }
}

TEST_F(CoreTest, ManyCallersAtOnceLoseNothing) {
  MakeRoster();
  const std::string zone = MakeZone("example.com")->zone().name();
  std::vector<std::thread> callers;
  callers.reserve(8);
  for (int t = 0; t < 8; ++t) {
    callers.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) EXPECT_TRUE(Upsert(zone, absl::StrCat("h", t, "-", i), "192.0.2.1").ok());
    });
  }
  for (std::thread& caller : callers) caller.join();
  v1::GetZoneRequest get;
  get.set_name(zone);
  EXPECT_EQ(controller_->GetZone(get)->record_sets(), 202u);
  EXPECT_EQ(controller_->GetZone(get)->serial(), 201u);
}

TEST_F(CoreTest, StoppedItRefusesChangesAndServesReads) {
  MakeRoster();
  controller_->Stop();
  EXPECT_TRUE(absl::IsUnavailable(MakeZone("example.com").status()));
  EXPECT_EQ(controller_->ListStripes()->stripes_size(), 4);
  controller_->Stop();
}

}  // namespace
}  // namespace quartet::controller
