#include "tests/simulation/workload.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/roster/roster_plans.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_plans.h"
#include "dns/base/check.h"
#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/record_set/record_set.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"

namespace quartet::simulation {
namespace {

using controller::PlanContext;

dns::Name ParseName(const std::string& text) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text);
  QUARTET_CHECK(name.ok());
  return *name;
}

dns::RecordSet TextRecord(const dns::Name& owner, const std::string& text) {
  absl::StatusOr<dns::RecordData> data =
      dns::RecordData::Parse(dns::Type::kTxt, "\"" + text + "\"", dns::Name());
  QUARTET_CHECK(data.ok());
  absl::StatusOr<dns::RecordSet> record_set = dns::RecordSet::Create(owner, 300, {*data});
  QUARTET_CHECK(record_set.ok());
  return *record_set;
}

std::string Filler(uint64_t size) { return std::string(size, 'x'); }

}  // namespace

void Workload::Propose(controller::PlanFn plan) {
  controller::Proposal proposal;
  proposal.account = "simulation";
  proposal.principal = "quartet://admin/simulation";
  proposal.request_id = absl::StrCat("r", ++requests_);
  proposal.request_hash = proposal.request_id;
  proposal.plan = std::move(plan);
  controller_.Propose(std::move(proposal), [this](const absl::StatusOr<controller::Outcome>& outcome) {
    if (!outcome.ok() || outcome->change_id.empty()) return;
    acknowledged_.push_back({outcome->change_id, outcome->position});
  });
}

std::vector<std::pair<std::string, std::string>> Workload::Found() {
  std::vector<std::pair<std::string, std::string>> nodes;
  for (int stripe = 0; stripe < 4; ++stripe) {
    const std::string letter(1, static_cast<char>('a' + stripe));
    const dns::Name domain = ParseName(absl::StrCat("dns-", letter, ".test-", letter, "."));
    Propose([letter, domain](const PlanContext& context) {
      return controller::PlanStripeDomain(context, letter, domain);
    });
    for (uint32_t slot = 0; slot < 2; ++slot) {
      const std::string nameserver = absl::StrCat("ns-", letter, slot);
      const std::string address = {10, static_cast<char>(stripe), static_cast<char>(slot), 1};
      const controller::NewNameserver wanted = {
          nameserver, letter, slot, absl::StrCat("region-", letter), {address}};
      Propose([wanted](const PlanContext& context) { return controller::PlanNameserver(context, wanted); });
      for (int copy = 0; copy < (stripe < 2 && slot == 0 ? 2 : 1); ++copy) {
        const std::string node = absl::StrCat("node-", letter, slot, copy);
        Propose([node, nameserver](const PlanContext& context) {
          return controller::PlanNode(context, node, nameserver);
        });
        nodes.emplace_back(node, nameserver);
      }
    }
  }
  return nodes;
}

std::string Workload::SomeZone() {
  std::vector<std::string> active;
  for (const auto& [zone_id, history] : truth_.zones()) {
    if (!history.revisions.rbegin()->second.nameservers.empty()) active.push_back(zone_id);
  }
  return active.empty() ? "" : active[dice_.Below(active.size())];
}

void Workload::Act() {
  const std::string zone_id = SomeZone();
  const uint64_t what = dice_.Below(100);
  if (zone_id.empty() || (what < 15 && truth_.zones().size() < 15)) {
    MakeZone();
  } else if (what < 19) {
    DeleteZone(zone_id);
  } else {
    ChangeZone(zone_id);
  }
}

void Workload::MakeZone() {
  controller::NewZone zone;
  zone.name = ParseName(absl::StrCat("zone-", ++zones_made_, ".example."));
  zone.account = "simulation";
  const uint64_t records = dice_.Chance(20) ? 40 : 3;
  for (uint64_t i = 0; i < records; ++i) {
    const dns::Name owner = *zone.name.Prepend(absl::StrCat("r", i));
    zone.record_sets.push_back({controller::RecordSetEdit::Action::kCreate, owner, dns::Type::kTxt,
                                TextRecord(owner, Filler(dice_.Below(60))), ""});
  }
  Propose([this, zone = std::move(zone)](const PlanContext& context) {
    return controller::PlanNewZone(context, zone,
                                   [this](const std::string& id) { return controller_.usage().ZonesOf(id); });
  });
}

void Workload::ChangeZone(const std::string& zone_id) {
  std::vector<std::pair<uint64_t, std::string>> wanted;
  for (uint64_t i = dice_.Between(1, 4); i > 0; --i) {
    wanted.emplace_back(10 * i + dice_.Below(10), dice_.Chance(20) ? "" : Filler(1 + dice_.Below(200)));
  }
  Propose([zone_id, wanted](const PlanContext& context) -> absl::StatusOr<controller::Plan> {
    // The apex is in the replica the plan sees.
    const replication::FullView view(context.view);
    absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = view.Zone(zone_id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) return absl::NotFoundError("no such zone");
    const std::string& wire = (*row)->name();
    absl::StatusOr<dns::Name> apex =
        dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
    if (!apex.ok()) return apex.status();
    absl::StatusOr<uint64_t> generation = view.ZoneGeneration(zone_id);
    if (!generation.ok()) return generation.status();
    std::vector<controller::RecordSetEdit> edits;
    for (const auto& [number, text] : wanted) {
      const dns::Name owner = *apex->Prepend(absl::StrCat("r", number));
      controller::RecordSetEdit edit = {controller::RecordSetEdit::Action::kDelete, owner, dns::Type::kTxt,
                                        std::nullopt, ""};
      const std::string key = replication::RecordKey(owner, *apex, dns::Type::kTxt);
      absl::StatusOr<std::optional<replication::FullView::Record>> there =
          view.GetRecord(zone_id, *generation, key);
      if (!there.ok()) return there.status();
      if (!text.empty() || !there->has_value()) {
        edit.action = controller::RecordSetEdit::Action::kUpsert;
        edit.record_set = TextRecord(owner, text);
      }
      edits.push_back(std::move(edit));
    }
    return controller::PlanChanges(context, zone_id, edits);
  });
}

void Workload::DeleteZone(const std::string& zone_id) {
  Propose(
      [zone_id](const PlanContext& context) { return controller::PlanZoneDeletion(context, zone_id, true); });
}

}  // namespace quartet::simulation
