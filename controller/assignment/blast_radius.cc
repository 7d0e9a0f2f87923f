#include "controller/assignment/blast_radius.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "controller/assignment/delegation_set.h"
#include "controller/roster/roster.h"
#include "controller/zones/zone_edit.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {
namespace {

using stored::v1::ZoneRow;

constexpr int kDefaultExamples = 10;
constexpr int kMostExamples = 1000;

// Takes what is named in a request, and tells which nameservers answer no more without it.
class Losses {
 public:
  explicit Losses(const Roster& roster) : roster_(roster) {}

  absl::Status Add(absl::string_view name) {
    absl::string_view id = name;
    if (absl::ConsumePrefix(&id, "nodes/")) return AddNode(std::string(id));
    if (absl::ConsumePrefix(&id, "nameservers/")) return AddNameserver(std::string(id));
    if (absl::ConsumePrefix(&id, "regions/")) return AddRegion(id);
    return absl::InvalidArgumentError(
        absl::StrCat("\"", name.substr(0, 100), "\" is none of nodes/…, nameservers/… and regions/…"));
  }

  std::set<std::string> Nameservers() const {
    std::set<std::string> lost = nameservers_;
    for (const auto& [nameserver, nodes] : roster_.counted) {
      const bool any_left = std::any_of(nodes.begin(), nodes.end(),
                                        [&](const std::string& node) { return !nodes_.contains(node); });
      if (!nodes.empty() && !any_left) lost.insert(nameserver);
    }
    return lost;
  }

 private:
  absl::Status AddNode(const std::string& id) {
    if (!roster_.nodes.contains(id)) return Unknown("node", id);
    nodes_.insert(id);
    return absl::OkStatus();
  }

  absl::Status AddNameserver(const std::string& id) {
    if (!roster_.nameservers.contains(id)) return Unknown("nameserver", id);
    nameservers_.insert(id);
    return absl::OkStatus();
  }

  absl::Status AddRegion(absl::string_view region) {
    bool any = false;
    for (const auto& [id, nameserver] : roster_.nameservers) {
      if (nameserver.row.region() != region) continue;
      nameservers_.insert(id);
      any = true;
    }
    return any ? absl::OkStatus() : Unknown("region with nameservers", region);
  }

  static absl::Status Unknown(absl::string_view kind, absl::string_view id) {
    return absl::NotFoundError(absl::StrCat("there is no ", kind, " ", id.substr(0, 64)));
  }

  const Roster& roster_;
  std::set<std::string> nodes_;
  std::set<std::string> nameservers_;
};

// Of those that resolvers are sent to.
size_t Left(const ZoneRow& row, const std::set<std::string>& lost) {
  return static_cast<size_t>(
      std::count_if(row.assignments().begin(), row.assignments().end(), [&](const auto& assignment) {
        return assignment.state() == stored::v1::ASSIGNMENT_STATE_SERVING &&
               !lost.contains(assignment.target());
      }));
}

}  // namespace

absl::StatusOr<admin::v1::BlastRadius> BlastRadiusOf(const store::Reader& reader,
                                                     const admin::v1::GetBlastRadiusRequest& request) {
  if (request.examples() < 0 || request.examples() > kMostExamples)
    return absl::InvalidArgumentError(absl::StrCat("examples are 0 to ", kMostExamples));
  if (request.lost().empty()) return absl::InvalidArgumentError("nothing is named that would be lost");
  absl::StatusOr<Roster> roster = ReadRoster(reader);
  if (!roster.ok()) return roster.status();
  Losses losses(*roster);
  for (const std::string& name : request.lost()) {
    if (absl::Status status = losses.Add(name); !status.ok()) return status;
  }
  const std::set<std::string> lost = losses.Nameservers();
  const int examples = request.examples() == 0 ? kDefaultExamples : request.examples();

  admin::v1::BlastRadius radius;
  for (size_t left = 0; left <= kStripes; ++left)
    radius.add_left()->set_nameservers(static_cast<uint32_t>(left));
  uint64_t zones = 0;
  ZoneRow row;
  std::unique_ptr<store::Iterator> it = reader.Scan("z", store::PrefixEnd("z"));
  for (; it->Valid(); it->Next()) {
    const absl::string_view value = it->value();
    if (!row.ParseFromArray(value.data(), static_cast<int>(value.size())))
      return absl::DataLossError("the replica holds a damaged zone row");
    if (row.state() != stored::v1::ZONE_STATE_ACTIVE || row.private_zone()) continue;
    ++zones;
    const size_t left = std::min(Left(row, lost), kStripes);
    admin::v1::BlastRadius::Left& kind = *radius.mutable_left(static_cast<int>(left));
    kind.set_zones(kind.zones() + 1);
    if (left == kStripes || kind.examples_size() >= examples) continue;
    if (const absl::StatusOr<dns::Name> apex = ApexOf(row); apex.ok()) kind.add_examples(apex->ToString());
  }
  if (!it->status().ok()) return it->status();
  radius.set_zones(zones);
  return radius;
}

}  // namespace quartet::controller
