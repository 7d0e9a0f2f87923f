// Batches with conditions, guards, warnings and previews.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/zones/batch_conditions.h"
#include "controller/zones/batch_preview.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_fixture.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using admin::v1::RecordSetChange;
using Action = RecordSetChange::Action;
using Request = admin::v1::ChangeRecordSetsRequest;

RecordSetChange& Add(Request& request, Action action, const std::string& owner, const std::string& type,
                     const std::string& value = "") {
  RecordSetChange& change = *request.add_changes();
  change.set_action(action);
  change.mutable_record_set()->set_owner(owner);
  change.mutable_record_set()->set_type(type);
  change.mutable_record_set()->set_ttl(300);
  if (!value.empty()) change.mutable_record_set()->add_values(value);
  return change;
}

class BatchTest : public ZoneTest {
 protected:
  stored::v1::ZoneRow Row() { return ZoneTest::Row(zone_id_); }

  absl::StatusOr<Outcome> Change(const Request& request) { return ZoneTest::Change(zone_id_, request); }

  // Rules broken, with their owners; "ok" if it was taken.
  Strings Rules(const Request& request) {
    const auto outcome = Change(request);
    const auto faults = FaultsOf(outcome.status());
    if (!faults.has_value()) return RulesOf(outcome.status());
    Strings rules;
    for (const auto& fault : faults->faults())
      rules.push_back(absl::StrCat(fault.rule(), " ", fault.owner()));
    return rules;
  }

  // What Change would do, with the outcome thrown away.
  admin::v1::RecordSetPreview Preview(const Request& request) {
    FaultList faults;
    const std::vector<RecordSetEdit> edits = ReadChanges(request.changes(), *ApexOf(Row()), faults);
    admin::v1::RecordSetPreview preview;
    const absl::StatusOr<Outcome> planned = Commit([&](const PlanContext& context) -> absl::StatusOr<Plan> {
      const absl::StatusOr<Plan> plan = PlanChanges(context, zone_id_, edits, *ReadConditions(request));
      if (!plan.ok()) return plan.status();
      preview = *PreviewOf(context.view, plan->entry.effects(0).zone());
      return Plan{};
    });
    EXPECT_TRUE(planned.ok()) << planned.status();
    return preview;
  }

  void MakeHosts(int count) {
    Request request;
    for (int i = 0; i < count; ++i)
      Add(request, RecordSetChange::ACTION_CREATE, absl::StrCat("h", i), "A", "192.0.2.1");
    ASSERT_TRUE(Change(request).ok());
  }

  Request DeleteHosts(int count) {
    Request request;
    for (int i = 0; i < count; ++i) Add(request, RecordSetChange::ACTION_DELETE, absl::StrCat("h", i), "A");
    return request;
  }

  const std::string zone_id_ = NewZoneOf("example.com.");
};

using List = Strings;

TEST_F(BatchTest, AStaleRevisionChangesNothing) {
  const uint64_t revision = Row().revision();
  Request request;
  Add(request, RecordSetChange::ACTION_CREATE, "www", "A", "192.0.2.1");
  request.set_if_revision(revision + 1);
  const absl::Status stale = Change(request).status();
  EXPECT_TRUE(absl::IsAborted(stale)) << stale;
  EXPECT_NE(stale.message().find(absl::StrCat("revision ", revision)), absl::string_view::npos) << stale;
  request.set_if_revision(revision);
  EXPECT_TRUE(Change(request).ok());
  EXPECT_TRUE(absl::IsAborted(Change(request).status()));
}

TEST_F(BatchTest, AWriterTouchesOnlyItsOwn) {
  Request theirs;
  Add(theirs, RecordSetChange::ACTION_CREATE, "theirs", "A", "192.0.2.1")
      .mutable_record_set()
      ->set_writer("terraform");
  Add(theirs, RecordSetChange::ACTION_CREATE, "nobodys", "A", "192.0.2.1");
  ASSERT_TRUE(Change(theirs).ok());

  Request ours;
  ours.set_only_writer("external-dns/a");
  Add(ours, RecordSetChange::ACTION_UPSERT, "ours", "A", "192.0.2.1");
  Add(ours, RecordSetChange::ACTION_UPSERT, "theirs", "A", "192.0.2.2");
  Add(ours, RecordSetChange::ACTION_DELETE, "nobodys", "A");
  Add(ours, RecordSetChange::ACTION_UPSERT, "given", "A", "192.0.2.2")
      .mutable_record_set()
      ->set_writer("terraform");
  EXPECT_EQ(Rules(ours), (List{"other-writer theirs.example.com.", "other-writer nobodys.example.com.",
                               "other-writer given.example.com."}));
  ours.mutable_changes()->DeleteSubrange(1, 3);
  const auto preview = Preview(ours);
  ASSERT_EQ(preview.effects_size(), 2);
  EXPECT_EQ(preview.effects(1).after().writer(), "external-dns/a");
  ASSERT_EQ(Rules(ours), List{"ok"});
  // It is its own now: another writer is refused, and it may go on.
  Request again = ours;
  again.set_only_writer("external-dns/b");
  EXPECT_EQ(Rules(again), List{"other-writer ours.example.com."});
  EXPECT_EQ(Rules(ours), List{"ok"});
}

TEST_F(BatchTest, AnEmptySourceDoesNotEmptyTheZone) {
  MakeHosts(40);
  EXPECT_EQ(Rules(DeleteHosts(13)), List{"mass-deletion "});
  EXPECT_EQ(Rules(DeleteHosts(12)), List{"ok"});
  // 28 are left; ten may always go.
  Request rest;
  for (int i = 12; i < 22; ++i) Add(rest, RecordSetChange::ACTION_DELETE, absl::StrCat("h", i), "A");
  EXPECT_EQ(Rules(rest), List{"ok"});
  Request all;
  for (int i = 22; i < 40; ++i) Add(all, RecordSetChange::ACTION_DELETE, absl::StrCat("h", i), "A");
  EXPECT_EQ(Rules(all), List{"mass-deletion "});
  all.add_allow("mass-deletion");
  EXPECT_EQ(Rules(all), List{"ok"});
}

TEST_F(BatchTest, ThereIsNoOtherGuardToAllow) {
  Request request;
  Add(request, RecordSetChange::ACTION_CREATE, "www", "A", "192.0.2.1");
  request.add_allow("everything");
  EXPECT_TRUE(absl::IsInvalidArgument(Change(request).status()));
}

TEST_F(BatchTest, WarnsOfNamesThatLackTheirDot) {
  Request request;
  Add(request, RecordSetChange::ACTION_CREATE, "www.example.com", "A", "192.0.2.1");
  Add(request, RecordSetChange::ACTION_CREATE, "a", "CNAME", "www.example.com");
  Add(request, RecordSetChange::ACTION_CREATE, "b", "MX", "10 mail.example.net");
  Add(request, RecordSetChange::ACTION_CREATE, "c", "MX", "10 mail.example.net.");
  Add(request, RecordSetChange::ACTION_CREATE, "d", "CNAME", "www");
  Add(request, RecordSetChange::ACTION_CREATE, "e", "TXT", "www.example.com");
  ASSERT_EQ(Rules(request), List{"ok"});
  EXPECT_EQ(WarnedOf(),
            (List{"final-dot-missing www.example.com", "final-dot-missing a", "final-dot-missing b"}));
}

TEST_F(BatchTest, WarnsOfMailAndNameserversThatAreAliases) {
  Request request;
  Add(request, RecordSetChange::ACTION_CREATE, "alias", "CNAME", "host");
  Add(request, RecordSetChange::ACTION_CREATE, "host", "A", "192.0.2.1");
  Add(request, RecordSetChange::ACTION_CREATE, "m", "MX", "10 alias");
  Add(request, RecordSetChange::ACTION_CREATE, "good", "MX", "10 host");
  Add(request, RecordSetChange::ACTION_CREATE, "sub", "NS", "alias");
  Add(request, RecordSetChange::ACTION_CREATE, "far", "NS", "alias.example.net.");
  ASSERT_EQ(Rules(request), List{"ok"});
  EXPECT_EQ(WarnedOf(), (List{"target-is-alias m.example.com.", "target-is-alias sub.example.com."}));
}

TEST_F(BatchTest, APreviewShowsWhatDiffersBeforeAndAfter) {
  MakeHosts(3);
  const uint64_t revision = Row().revision();
  Request request;
  Add(request, RecordSetChange::ACTION_CREATE, "new", "A", "192.0.2.7");
  Add(request, RecordSetChange::ACTION_UPSERT, "h0", "A", "192.0.2.8");
  Add(request, RecordSetChange::ACTION_UPSERT, "h1", "A", "192.0.2.1");
  Add(request, RecordSetChange::ACTION_DELETE, "h2", "A");
  const auto preview = Preview(request);
  EXPECT_EQ(preview.revision(), revision);
  EXPECT_EQ(Row().revision(), revision);
  std::vector<std::string> seen;
  for (const auto& effect : preview.effects()) {
    const auto text = [](const admin::v1::RecordSet& set) {
      return set.values_size() == 0 ? std::string("-")
             : set.type() == "SOA"  ? std::string("SOA")
                                    : set.values(0);
    };
    const std::string owner = effect.has_after() ? effect.after().owner() : effect.before().owner();
    seen.push_back(absl::StrCat(owner, ": ", text(effect.before()), " > ", text(effect.after())));
  }
  EXPECT_EQ(seen, (List{"example.com.: SOA > SOA", "h0.example.com.: 192.0.2.1 > 192.0.2.8",
                        "h2.example.com.: 192.0.2.1 > -", "new.example.com.: - > 192.0.2.7"}));
}

}  // namespace
}  // namespace quartet::controller
