#include "controller/watching/change_stream.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"
#include "replication/log/embedded_log.h"

namespace quartet::controller {
namespace {

using admin::v1::WatchChangesRequest;
using admin::v1::WatchChangesResponse;
using admin::v1::ZoneRevision;

class ChangeStreamTest : public ImportTest {
 protected:
  ChangeStreamTest() { Reached(); }

  // What is in the log by now is committed.
  void Reached() { watched_.Committed(sequencer_->head().index); }

  static WatchChangesRequest Request(const std::string& token = "", const std::string& zone = "") {
    WatchChangesRequest request;
    request.set_resume_token(token);
    request.set_zone(zone);
    return request;
  }
  std::unique_ptr<ChangeStream> Open(const WatchChangesRequest& request) {
    auto stream = ChangeStream::Open(watched_, request);
    EXPECT_TRUE(stream.ok()) << stream.status();
    return stream.ok() ? *std::move(stream) : nullptr;
  }
  absl::Status OpenFails(const WatchChangesRequest& request) {
    return ChangeStream::Open(watched_, request).status();
  }

  // All that there is now.
  static std::vector<WatchChangesResponse> Read(ChangeStream& stream) {
    std::vector<WatchChangesResponse> responses;
    for (;;) {
      auto step = stream.Next();
      EXPECT_TRUE(step.ok()) << step.status();
      if (!step.ok()) return responses;
      if (step->response.has_value()) responses.push_back(*std::move(step->response));
      if (!step->more) return responses;
    }
  }
  // "accepted C…", "insync C…", "-" where only the token moved.
  static std::string Text(const WatchChangesResponse& response) {
    if (!response.has_event()) return "-";
    const bool accepted = response.event().kind() == WatchChangesResponse::KIND_ACCEPTED;
    return absl::StrCat(accepted ? "accepted " : "insync ", response.event().change().name().substr(8));
  }
  static std::vector<std::string> Texts(const std::vector<WatchChangesResponse>& responses) {
    std::vector<std::string> texts;
    texts.reserve(responses.size());
    for (const WatchChangesResponse& response : responses) texts.push_back(Text(response));
    return texts;
  }

  std::string Change(const std::string& zone_id, const std::string& owner, const std::string& address) {
    const auto outcome = Upsert(zone_id, owner, address);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome->change_id;
  }
  void MakeInsync(const std::vector<std::string>& changes) {
    const auto outcome = Commit([&](const PlanContext&) {
      Plan plan;
      auto& insync = *plan.entry.add_effects()->mutable_insync();
      for (const std::string& id : changes) insync.add_change_ids(id);
      return plan;
    });
    ASSERT_TRUE(outcome.ok()) << outcome.status();
  }

  WatchedLog watched_{*log_, store_};
};

TEST_F(ChangeStreamTest, TellsEachChangeWhenItIsAcceptedAndWhenItIsInsync) {
  const std::string zone = MakeZone("example.com.", "");
  Reached();
  const auto stream = Open(Request());
  EXPECT_EQ(Texts(Read(*stream)), std::vector<std::string>{"-"}) << "from now on";
  const std::string one = Change(zone, "www", "192.0.2.1");
  const std::string two = Change(zone, "mail", "192.0.2.2");
  MakeInsync({one, two});
  EXPECT_TRUE(Read(*stream).empty()) << "not committed yet";
  Reached();
  const std::vector<WatchChangesResponse> responses = Read(*stream);
  EXPECT_EQ(Texts(responses), (std::vector<std::string>{"accepted " + one, "accepted " + two, "insync " + one,
                                                        "insync " + two}));
  const admin::v1::Change& accepted = responses[0].event().change();
  EXPECT_EQ(accepted.state(), admin::v1::Change::STATE_PENDING);
  EXPECT_EQ(accepted.zone(), "zones/" + zone);
  EXPECT_EQ(accepted.revision(), 2u);
  EXPECT_EQ(accepted.principal(), "quartet://admin/test");
  EXPECT_EQ(responses[0].event().domain_name(), "example.com.");
  EXPECT_TRUE(responses[2].event().change().has_safe_after_time());
}

// Whatever response was the last that a client dealt with, those behind it come, and no others.
TEST_F(ChangeStreamTest, ResumesBehindEveryTokenWithoutMissingOrDoublingAnEvent) {
  const std::string zone = MakeZone("example.com.", "");
  Reached();
  const std::string begin = Read(*Open(Request())).at(0).resume_token();
  std::vector<std::string> changes;
  changes.reserve(5);
  for (int i = 0; i < 5; ++i) changes.push_back(Change(zone, absl::StrCat("n", i), "192.0.2.1"));
  MakeInsync({changes[0], changes[1], changes[2]});
  changes.push_back(Change(zone, "last", "192.0.2.1"));
  MakeInsync({changes[3]});
  Reached();
  const std::vector<WatchChangesResponse> all = Read(*Open(Request(begin)));
  ASSERT_EQ(all.size(), 11u);
  for (size_t i = 0; i < all.size(); ++i) {
    std::vector<std::string> rest = Texts(Read(*Open(Request(all[i].resume_token()))));
    rest.erase(rest.begin());
    std::vector<std::string> wanted = Texts(all);
    wanted.erase(wanted.begin(), wanted.begin() + static_cast<ptrdiff_t>(i) + 1);
    EXPECT_EQ(rest, wanted) << "behind response " << i;
  }
}

TEST_F(ChangeStreamTest, TellsOfOneZoneOnlyByNameOrId) {
  const std::string one = MakeZone("one.example.", "");
  const std::string other = MakeZone("other.example.", "");
  Reached();
  const auto by_name = Open(Request("", "zones/one.example"));
  const auto by_id = Open(Request("", "zones/" + one));
  Read(*by_name);
  Read(*by_id);
  const std::string unwanted = Change(other, "www", "192.0.2.1");
  const std::string wanted = Change(one, "www", "192.0.2.1");
  MakeInsync({unwanted, wanted});
  Reached();
  const std::vector<std::string> expected = {"accepted " + wanted, "insync " + wanted};
  EXPECT_EQ(Texts(Read(*by_name)), expected);
  EXPECT_EQ(Texts(Read(*by_id)), expected);
  EXPECT_EQ(OpenFails(Request("", "zones/none.example")).code(), absl::StatusCode::kNotFound);
}

TEST_F(ChangeStreamTest, ATokenMovesOnWhileNothingConcernsItsZone) {
  const std::string quiet = MakeZone("quiet.example.", "");
  const std::string busy = MakeZone("busy.example.", "");
  Reached();
  const auto stream = Open(Request("", "zones/" + quiet));
  Read(*stream);
  for (uint64_t i = 0; i < ChangeStream::kQuietEntries + 1; ++i)
    Change(busy, "www", absl::StrCat("192.0.2.", i % 250));
  Reached();
  const std::vector<WatchChangesResponse> responses = Read(*stream);
  ASSERT_EQ(Texts(responses), std::vector<std::string>{"-"});
  const std::string last = Change(quiet, "www", "192.0.2.1");
  Reached();
  EXPECT_EQ(Texts(Read(*Open(Request(responses[0].resume_token(), "zones/" + quiet)))),
            (std::vector<std::string>{"-", "accepted " + last}));
}

TEST_F(ChangeStreamTest, TellsEffectsIfAskedTo) {
  const std::string zone = MakeZone("example.com.", "www 60 A 192.0.2.1\n");
  Reached();
  WatchChangesRequest request = Request("", "zones/" + zone);
  request.set_effects(true);
  const auto stream = Open(request);
  Read(*stream);
  Change(zone, "www", "192.0.2.9");
  Change(zone, "new", "192.0.2.3");
  Reached();
  const std::vector<WatchChangesResponse> responses = Read(*stream);
  ASSERT_EQ(responses.size(), 2u);
  const WatchChangesResponse::Event& replaced = responses[0].event();
  EXPECT_EQ(replaced.revision_kind(), ZoneRevision::KIND_CHANGED);
  ASSERT_EQ(replaced.effects_size(), 2) << "the SOA with its serial";
  EXPECT_EQ(replaced.effects(0).after().type(), "SOA");
  EXPECT_EQ(replaced.effects(1).before().values(0), "192.0.2.1");
  EXPECT_EQ(replaced.effects(1).after().values(0), "192.0.2.9");
  EXPECT_FALSE(replaced.more_effects());
  ASSERT_EQ(responses[1].event().effects_size(), 2);
  EXPECT_FALSE(responses[1].event().effects(1).has_before());
  EXPECT_EQ(responses[1].event().effects(1).after().owner(), "new.example.com.");
}

TEST_F(ChangeStreamTest, SaysWhatAChangeDidToItsZone) {
  const auto stream = Open(Request());
  Read(*stream);
  const std::string zone = MakeZone("example.com.", "");
  std::string text;
  for (int i = 0; i < 40; ++i) absl::StrAppend(&text, "n", i, " 60 A 192.0.2.1\n");
  ASSERT_TRUE(Import(Force(zone), text).ok());
  ASSERT_TRUE(Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, zone, true); }).ok());
  Reached();
  std::vector<ZoneRevision::Kind> kinds;
  for (const WatchChangesResponse& response : Read(*stream))
    kinds.push_back(response.event().revision_kind());
  EXPECT_EQ(kinds, (std::vector<ZoneRevision::Kind>{ZoneRevision::KIND_CREATED, ZoneRevision::KIND_REPLACED,
                                                    ZoneRevision::KIND_DELETED}));
}

TEST_F(ChangeStreamTest, WhatTheLogHasForgottenIsSaidWithWhatToDo) {
  const std::string zone = MakeZone("example.com.", "");
  Reached();
  const auto slow = Open(Request());
  const std::string token = Read(*slow).at(0).resume_token();
  for (int i = 0; i < 3; ++i) Change(zone, "www", absl::StrCat("192.0.2.", i));
  Reached();
  ASSERT_TRUE(sequencer_->Trim(sequencer_->head().index - 1).ok());
  const absl::Status trimmed = OpenFails(Request(token));
  EXPECT_EQ(trimmed.code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(absl::StrContains(trimmed.message(), "without a token")) << trimmed;
  EXPECT_EQ(slow->Next().status().code(), absl::StatusCode::kOutOfRange) << "it holds nothing";
}

TEST_F(ChangeStreamTest, ATokenOfAnotherLogOrEpochIsNotTaken) {
  MakeZone("example.com.", "");
  Reached();
  ResumePoint point{sequencer_->head(), 0};
  EXPECT_TRUE(OpenFails(Request(WriteResumeToken(point))).ok());
  ResumePoint other = point;
  other.position.chain[0] ^= 1;
  EXPECT_EQ(OpenFails(Request(WriteResumeToken(other))).code(), absl::StatusCode::kOutOfRange);
  other = point;
  ++other.position.epoch;
  EXPECT_EQ(OpenFails(Request(WriteResumeToken(other))).code(), absl::StatusCode::kOutOfRange);
  other = point;
  ++other.position.index;
  EXPECT_EQ(OpenFails(Request(WriteResumeToken(other))).code(), absl::StatusCode::kOutOfRange);
}

TEST_F(ChangeStreamTest, ATokenThatIsNoneIsRefused) {
  const std::string good = WriteResumeToken({sequencer_->head(), 3});
  EXPECT_EQ(ReadResumeToken(good)->events, 3u);
  EXPECT_EQ(ReadResumeToken(good)->position, sequencer_->head());
  for (const std::string& bad : {std::string("x"), good.substr(1), good + "AAAA",
                                 std::string("*") + good.substr(1), std::string(good.size(), 'A')}) {
    EXPECT_EQ(OpenFails(Request(bad)).code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST_F(ChangeStreamTest, ThereAreOnlySoManyAtOnce) {
  std::vector<std::unique_ptr<ChangeStream>> streams;
  for (size_t i = 0; i < WatchedLog::kMaxStreams; ++i) streams.push_back(Open(Request()));
  EXPECT_EQ(OpenFails(Request()).code(), absl::StatusCode::kResourceExhausted);
  streams.pop_back();
  EXPECT_TRUE(OpenFails(Request()).ok());
}

}  // namespace
}  // namespace quartet::controller
