#include "controller/history/history_queries.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class HistoryQueriesTest : public ImportTest {
 protected:
  v1::ListZoneRevisionsResponse Log(const std::string& zone, int page_size = 0,
                                    const std::string& token = "") {
    v1::ListZoneRevisionsRequest request;
    request.set_zone(absl::StrCat("zones/", zone));
    request.set_page_size(page_size);
    request.set_page_token(token);
    const auto response = ListZoneRevisions(store_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ListZoneRevisionsResponse());
  }

  // "-owner type values" and "+owner type values", without the SOA.
  absl::StatusOr<std::vector<std::string>> Diff(const std::string& zone, uint64_t revision) {
    v1::GetZoneRevisionRequest request;
    request.set_zone(absl::StrCat("zones/", zone));
    request.set_revision(revision);
    std::vector<std::string> lines;
    const auto add = [&](const char* sign, const v1::RecordSet& set) {
      if (set.type() == "SOA") return;
      std::string line = absl::StrCat(sign, set.owner(), " ", set.type());
      for (const std::string& value : set.values()) absl::StrAppend(&line, " ", value);
      lines.push_back(std::move(line));
    };
    const absl::Status status = GetZoneRevision(store_, request, [&](const v1::ZoneRevisionPart& part) {
      if (part.has_revision()) {
        EXPECT_EQ(part.revision().revision(), revision);
      }
      for (const v1::RecordSetEffect& effect : part.effects()) {
        if (effect.has_before()) add("-", effect.before());
        if (effect.has_after()) add("+", effect.after());
      }
      return true;
    });
    if (!status.ok()) return status;
    return lines;
  }

  absl::StatusOr<Outcome> Delete(const std::string& zone) {
    return Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, zone, true); });
  }
};

using Lines = std::vector<std::string>;

TEST_F(HistoryQueriesTest, TellsWhoMadeEachRevisionWhenAndWhat) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  clock_.now_us += 5'000'000;
  ASSERT_TRUE(Upsert(zone, "b", "192.0.2.2").ok());
  ASSERT_TRUE(Upsert(zone, "b", "192.0.2.3").ok());
  ASSERT_TRUE(Import(Force(zone), "x 60 IN A 192.0.2.9\ny 60 IN A 192.0.2.9\nz 60 IN A 192.0.2.9\n").ok());
  ASSERT_TRUE(Delete(zone).ok());
  const v1::ListZoneRevisionsResponse log = Log(zone);
  ASSERT_EQ(log.revisions_size(), 5);
  const v1::ZoneRevision::Kind kinds[] = {v1::ZoneRevision::KIND_DELETED, v1::ZoneRevision::KIND_REPLACED,
                                          v1::ZoneRevision::KIND_CHANGED, v1::ZoneRevision::KIND_CHANGED,
                                          v1::ZoneRevision::KIND_CREATED};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(log.revisions(i).revision(), static_cast<uint64_t>(5 - i));
    EXPECT_EQ(log.revisions(i).kind(), kinds[i]) << i;
    EXPECT_EQ(log.revisions(i).principal(), "quartet://admin/test");
    EXPECT_EQ(log.revisions(i).change().substr(0, 9), "changes/C");
  }
  EXPECT_EQ(log.revisions(3).added(), 1u);
  EXPECT_EQ(log.revisions(3).changed(), 0u);
  EXPECT_EQ(log.revisions(2).changed(), 1u);
  EXPECT_EQ(log.revisions(4).added(), 2u) << "NS and a; the SOA is not counted";
  EXPECT_EQ(log.revisions(3).serial(), log.revisions(4).serial() + 1);
  EXPECT_EQ(log.revisions(3).time().seconds(), log.revisions(4).time().seconds() + 5);
  EXPECT_EQ(log.oldest_revision(), 1u);
  EXPECT_EQ(log.oldest_time().seconds(), log.revisions(4).time().seconds());
}

TEST_F(HistoryQueriesTest, PagesGoFromTheNewestBackToTheOldest) {
  const std::string zone = MakeZone("example.com.", "");
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(Upsert(zone, "b", absl::StrCat("192.0.2.", i)).ok());
  std::vector<uint64_t> seen;
  std::string token;
  do {
    const auto page = Log(zone, 3, token);
    EXPECT_LE(page.revisions_size(), 3);
    for (const v1::ZoneRevision& revision : page.revisions()) seen.push_back(revision.revision());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(seen, (std::vector<uint64_t>{7, 6, 5, 4, 3, 2, 1}));
}

TEST_F(HistoryQueriesTest, TheDifferenceOfARevisionIsThatOfItAlone) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  ASSERT_TRUE(Upsert(zone, "b", "192.0.2.2").ok());
  ASSERT_TRUE(Upsert(zone, "b", "192.0.2.3").ok());
  ASSERT_TRUE(Upsert(zone, "c", "192.0.2.4").ok());
  ASSERT_TRUE(Import(Force(zone), "a 60 IN A 192.0.2.1\nb 60 IN A 192.0.2.7\nd 60 IN A 192.0.2.8\n").ok());
  ASSERT_TRUE(Upsert(zone, "b", "192.0.2.9").ok());
  EXPECT_EQ(*Diff(zone, 2), (Lines{"+b.example.com. A 192.0.2.2"}));
  EXPECT_EQ(*Diff(zone, 3), (Lines{"-b.example.com. A 192.0.2.2", "+b.example.com. A 192.0.2.3"}));
  EXPECT_EQ(*Diff(zone, 4), (Lines{"+c.example.com. A 192.0.2.4"}));
  EXPECT_EQ(*Diff(zone, 5), (Lines{"-b.example.com. A 192.0.2.3", "+b.example.com. A 192.0.2.7",
                                   "-c.example.com. A 192.0.2.4", "+d.example.com. A 192.0.2.8"}));
  EXPECT_EQ(*Diff(zone, 6), (Lines{"-b.example.com. A 192.0.2.7", "+b.example.com. A 192.0.2.9"}));
  EXPECT_EQ(Diff(zone, 1)->size(), 2u);
  EXPECT_EQ(Diff(zone, 7).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Diff(zone, 0).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(HistoryQueriesTest, ShowsRecordSetsOfARevisionAndOfATime) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\n");
  const int64_t made_us = clock_.now_us;
  clock_.now_us += 60'000'000;
  ASSERT_TRUE(Upsert(zone, "a", "192.0.2.2").ok());
  const auto address = [&](v1::ListRecordSetsAtRequest request) {
    request.set_zone("zones/example.com.");
    std::string found;
    const absl::Status status = ListRecordSetsAt(store_, request, [&](const v1::RecordSetsPart& part) {
      for (const v1::RecordSet& set : part.record_sets()) {
        if (set.type() == "A") found = absl::StrCat(part.revision(), " ", set.values(0));
      }
      return true;
    });
    return status.ok() ? found : std::string(status.message());
  };
  v1::ListRecordSetsAtRequest request;
  request.set_revision(1);
  EXPECT_EQ(address(request), "1 192.0.2.1");
  request.mutable_time()->set_seconds(made_us / 1'000'000 + 59);
  EXPECT_EQ(address(request), "1 192.0.2.1");
  request.mutable_time()->set_seconds(made_us / 1'000'000 + 61);
  EXPECT_EQ(address(request), "2 192.0.2.2");
  request.mutable_time()->set_seconds(made_us / 1'000'000 - 1);
  EXPECT_NE(address(request).find("there was none"), std::string::npos);
  request.mutable_time()->set_seconds(INT64_MAX);
  EXPECT_NE(address(request).find("no time"), std::string::npos);
  EXPECT_NE(address(v1::ListRecordSetsAtRequest()).find("has to be named"), std::string::npos);
}

TEST_F(HistoryQueriesTest, ALargeAnswerComesInPartsAndEndsWhenNobodyListens) {
  std::string text;
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&text, "n", i, " 60 IN TXT ", std::string(100, 'x'), "\n");
  const std::string zone = MakeZone("example.com.", text);
  v1::ListRecordSetsAtRequest request;
  request.set_zone("zones/example.com.");
  request.set_revision(1);
  size_t parts = 0;
  size_t sets = 0;
  ASSERT_TRUE(ListRecordSetsAt(store_, request, [&](const v1::RecordSetsPart& part) {
                EXPECT_EQ(part.revision(), parts == 0 ? 1u : 0u);
                ++parts;
                sets += static_cast<size_t>(part.record_sets_size());
                return true;
              }).ok());
  EXPECT_EQ(sets, 2002u);
  EXPECT_GT(parts, 3u);
  EXPECT_EQ(ListRecordSetsAt(store_, request, [](const v1::RecordSetsPart&) { return false; }).code(),
            absl::StatusCode::kCancelled);
}

TEST_F(HistoryQueriesTest, DeletedZonesAreListedByName) {
  const std::string b = MakeZone("b.example.", "");
  const std::string a = MakeZone("a.example.", "");
  MakeZone("c.example.", "");
  ASSERT_TRUE(Delete(b).ok());
  ASSERT_TRUE(Delete(a).ok());
  v1::ListDeletedZonesRequest request;
  request.set_page_size(1);
  std::vector<std::string> names;
  do {
    const auto page = ListDeletedZones(store_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Zone& zone : page->zones()) {
      names.push_back(zone.domain_name());
      EXPECT_TRUE(zone.has_delete_time());
      EXPECT_EQ(zone.nameservers_size(), 4);
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names, (Lines{"a.example.", "b.example."}));
}

}  // namespace
}  // namespace quartet::controller
