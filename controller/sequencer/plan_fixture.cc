#include "controller/sequencer/plan_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/roster/roster_plans.h"
#include "dns/name/name.h"
#include "replication/log/embedded_log.h"

namespace quartet::controller {

uint64_t SeededRandom::Next() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

PlanTest::PlanTest() { Reopen(); }

void PlanTest::Reopen() {
  sequencer_.reset();
  log_ = std::move(replication::OpenEmbeddedLog(store_, replication::MakeEpoch(1'700'000'000, 7))).value();
  sequencer_ = std::move(Sequencer::Open(*log_, store_, clock_, random_, {.controller = "c-1"})).value();
}

absl::StatusOr<Outcome> PlanTest::Commit(PlanFn plan) {
  Proposal proposal;
  proposal.principal = "quartet://admin/test";
  proposal.plan = std::move(plan);
  return Commit(std::move(proposal));
}

absl::StatusOr<Outcome> PlanTest::Commit(Proposal proposal) {
  absl::StatusOr<Outcome> result = absl::UnknownError("never settled");
  sequencer_->Add(std::move(proposal), [&](absl::StatusOr<Outcome> outcome) { result = std::move(outcome); });
  Sequencer::Flushed flushed = sequencer_->Flush();
  for (Sequencer::Settled& settled : flushed.settled) settled.done(std::move(settled.result));
  for (Sequencer::Committed& entry : flushed.committed) committed_.push_back(std::move(entry));
  return result;
}

std::vector<Sequencer::Committed> PlanTest::TakeCommitted() { return std::exchange(committed_, {}); }

void PlanTest::MakeNameservers(uint32_t slots) {
  const std::string regions[] = {"eu-west", "us-east", "ap-south", "sa-east"};
  for (int i = 0; i < 4; ++i) {
    const std::string stripe(1, static_cast<char>('a' + i));
    const dns::Name domain = *dns::Name::Parse(absl::StrCat("ns-", stripe, ".test."));
    ASSERT_TRUE(
        Commit([&](const PlanContext& context) { return PlanStripeDomain(context, stripe, domain); }).ok());
    for (uint32_t slot = 0; slot < slots; ++slot) {
      const std::string address{10, 0, static_cast<char>(i), static_cast<char>(slot)};
      const NewNameserver nameserver{absl::StrCat("ns-", stripe, slot), stripe, slot, regions[i], {address}};
      const auto made =
          Commit([&](const PlanContext& context) { return PlanNameserver(context, nameserver); });
      ASSERT_TRUE(made.ok()) << made.status();
    }
  }
}

}  // namespace quartet::controller
