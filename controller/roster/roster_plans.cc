#include "controller/roster/roster_plans.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/assignment/delegation_set.h"
#include "controller/roster/roster.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {
namespace {

using stored::v1::NameserverRow;
using stored::v1::NodeRow;
using stored::v1::NodeState;
using stored::v1::StripeRow;

// Slots are numbered from 0; a delegation set's fourth is below the next power of two.
constexpr uint32_t kMaxSlot = 4095;
constexpr size_t kMaxAddresses = 16;

std::string WireBytes(const dns::Name& name) {
  return std::string(reinterpret_cast<const char*>(name.wire().data()), name.wire().size());
}

absl::StatusOr<dns::Name> ReadName(const std::string& wire) {
  return dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
}

template <typename Row>
void AddObject(Plan& plan, stored::v1::ObjectKind kind, const std::string& id, uint64_t revision,
               const Row& row) {
  stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
  object.set_kind(kind);
  object.set_id(id);
  object.set_revision(revision);
  object.set_row(row.SerializeAsString());
}

template <typename Row>
Plan PlanObject(stored::v1::ObjectKind kind, const std::string& id, uint64_t revision, const Row& row) {
  Plan plan;
  AddObject(plan, kind, id, revision, row);
  return plan;
}

bool HasNameservers(const Roster& roster, const std::string& stripe) {
  for (const auto& [id, nameserver] : roster.nameservers) {
    if (nameserver.row.stripe() == stripe) return true;
  }
  return false;
}

absl::Status CheckAgainstOtherStripes(const Roster& roster, const std::string& stripe,
                                      const dns::Name& domain) {
  for (const auto& [id, other] : roster.stripes) {
    if (id == stripe || other.row.domain().empty()) continue;
    absl::StatusOr<dns::Name> name = ReadName(other.row.domain());
    if (!name.ok()) return absl::DataLossError(absl::StrCat("stripe ", id, " has a damaged domain"));
    if (!domain.IsWithin(*name) && !name->IsWithin(domain)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(domain.ToString(), " and the domain of stripe ", id, ", ", name->ToString(),
                     ", contain one another: each stripe needs a domain of its own, best in another TLD"));
  }
  return absl::OkStatus();
}

absl::Status CheckSeat(const Roster& roster, const NewNameserver& wanted) {
  StripeRegions regions;
  for (const auto& [id, other] : roster.nameservers) {
    const NameserverRow& row = other.row;
    if (row.state() == stored::v1::NAMESERVER_STATE_RETIRED) continue;
    if (row.stripe() == wanted.stripe && row.slot() == wanted.slot) {
      return absl::AlreadyExistsError(
          absl::StrCat("slot ", wanted.slot, " of stripe ", wanted.stripe, " is taken by ", id));
    }
    const int stripe = StripeIndex(row.stripe());
    if (stripe >= 0) regions[stripe].insert(row.region());
  }
  const std::string why = WhyRegionMayNotJoin(regions, StripeIndex(wanted.stripe), wanted.region);
  return why.empty() ? absl::OkStatus() : absl::FailedPreconditionError(why);
}

absl::StatusOr<dns::Name> HostName(const Roster& roster, const NewNameserver& wanted) {
  const auto stripe = roster.stripes.find(wanted.stripe);
  if (stripe == roster.stripes.end() || stripe->second.row.domain().empty()) {
    return absl::FailedPreconditionError(absl::StrCat("stripe ", wanted.stripe,
                                                      " has no domain yet: `quartet stripe set-domain ",
                                                      wanted.stripe, " DOMAIN` gives it one"));
  }
  absl::StatusOr<dns::Name> domain = ReadName(stripe->second.row.domain());
  if (!domain.ok())
    return absl::DataLossError(absl::StrCat("stripe ", wanted.stripe, " has a damaged domain"));
  return domain->Prepend(wanted.id);
}

// Every state but DRAINED.
const std::set<NodeState> kUndrained = {stored::v1::NODE_STATE_JOINING, stored::v1::NODE_STATE_COUNTED,
                                        stored::v1::NODE_STATE_DRAINING};

// Moves a node from one state to another; an empty plan if it is in none of `from`.
absl::StatusOr<Plan> MoveNode(const PlanContext& context, const std::string& id,
                              const std::set<NodeState>& from, NodeState to, int64_t forced_time_us = 0) {
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  const auto node = roster.nodes.find(id);
  if (node == roster.nodes.end()) return absl::NotFoundError(absl::StrCat("there is no node ", id));
  if (!from.contains(node->second.row.state())) return Plan();
  NodeRow row = node->second.row;
  row.set_state(to);
  row.set_forced_time_us(forced_time_us);
  return PlanObject(stored::v1::OBJECT_KIND_NODE, id, node->second.revision + 1, row);
}

}  // namespace

bool IsLabel(absl::string_view text) {
  if (text.empty() || text.size() > dns::Name::kMaxLabel || text.front() == '-' || text.back() == '-')
    return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

absl::StatusOr<Plan> PlanStripeDomain(const PlanContext& context, const std::string& stripe,
                                      const dns::Name& domain) {
  if (StripeIndex(stripe) < 0) return absl::NotFoundError("stripes are a, b, c and d");
  if (domain.is_root()) return absl::InvalidArgumentError("the root can't be a stripe's domain");
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  const auto found = roster.stripes.find(stripe);
  const Versioned<StripeRow> present = found == roster.stripes.end() ? Versioned<StripeRow>() : found->second;
  if (present.row.domain() == WireBytes(domain)) return Plan();
  if (HasNameservers(roster, stripe)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "stripe ", stripe, " has nameservers already, and their names lie in its present domain"));
  }
  if (absl::Status status = CheckAgainstOtherStripes(roster, stripe, domain); !status.ok()) return status;
  StripeRow row = present.row;
  row.set_id(stripe);
  row.set_domain(WireBytes(domain));
  return PlanObject(stored::v1::OBJECT_KIND_STRIPE, stripe, present.revision + 1, row);
}

absl::Status CheckNewNameserver(const NewNameserver& nameserver) {
  if (!IsLabel(nameserver.id)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", nameserver.id.substr(0, 64),
                     "\" is no name of a nameserver: it is the first label of a host "
                     "name, of lower-case letters, digits and hyphens, 63 at most"));
  }
  if (StripeIndex(nameserver.stripe) < 0)
    return absl::InvalidArgumentError("the stripe must be a, b, c or d");
  if (nameserver.slot > kMaxSlot)
    return absl::InvalidArgumentError(absl::StrCat("slots are 0 to ", kMaxSlot));
  if (!IsLabel(nameserver.region)) {
    return absl::InvalidArgumentError(
        "a region's name is of lower-case letters, digits and hyphens, 63 at most");
  }
  return CheckAddresses(nameserver.addresses);
}

absl::Status CheckAddresses(const std::vector<std::string>& addresses) {
  if (addresses.empty() || addresses.size() > kMaxAddresses) {
    return absl::InvalidArgumentError(absl::StrCat("a nameserver has 1 to ", kMaxAddresses, " addresses"));
  }
  const std::set<std::string> distinct(addresses.begin(), addresses.end());
  if (distinct.size() != addresses.size()) {
    return absl::InvalidArgumentError("an address is named twice");
  }
  return absl::OkStatus();
}

absl::Status CheckAddressesFree(const Roster& roster, const std::string& id,
                                const std::vector<std::string>& addresses) {
  for (const auto& [other_id, other] : roster.nameservers) {
    const NameserverRow& row = other.row;
    if (other_id == id || row.state() == stored::v1::NAMESERVER_STATE_RETIRED) continue;
    for (const std::string& address : addresses) {
      if (std::find(row.addresses().begin(), row.addresses().end(), address) == row.addresses().end())
        continue;
      return absl::InvalidArgumentError(
          absl::StrCat("the address ", AddressToString(address), " is that of nameserver ", other_id));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNameFree(const Roster& roster, const std::string& id) {
  if (!roster.nameservers.contains(id)) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(
      "there is a nameserver ", id, " already, or was: a name is never used for another one again"));
}

absl::StatusOr<std::string> ParseAddress(absl::string_view text) {
  const std::string zero_ended(text);
  std::array<char, 16> bytes;
  // A text with a NUL inside would be read in part.
  if (zero_ended.find('\0') == std::string::npos) {
    if (inet_pton(AF_INET, zero_ended.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
    if (inet_pton(AF_INET6, zero_ended.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", zero_ended.substr(0, 64), "\" is neither an IPv4 nor an IPv6 address"));
}

absl::StatusOr<std::vector<std::string>> ParseAddresses(
    const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<std::string> addresses;
  for (const std::string& text : texts) {
    absl::StatusOr<std::string> address = ParseAddress(text);
    if (!address.ok()) return address.status();
    addresses.push_back(*std::move(address));
  }
  return addresses;
}

std::string AddressToString(absl::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() == 4) inet_ntop(AF_INET, bytes.data(), text.data(), text.size());
  if (bytes.size() == 16) inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

absl::StatusOr<NameserverRow> NewNameserverRow(const Roster& roster, const NewNameserver& nameserver) {
  absl::StatusOr<dns::Name> host_name = HostName(roster, nameserver);
  if (!host_name.ok()) return host_name.status();
  NameserverRow row;
  row.set_id(nameserver.id);
  row.set_host_name(WireBytes(*host_name));
  row.set_stripe(nameserver.stripe);
  row.set_slot(nameserver.slot);
  row.set_region(nameserver.region);
  for (const std::string& address : nameserver.addresses) row.add_addresses(address);
  row.set_state(stored::v1::NAMESERVER_STATE_ACTIVE);
  return row;
}

void AddNameserverEffect(Plan& plan, uint64_t revision, const NameserverRow& row) {
  AddObject(plan, stored::v1::OBJECT_KIND_NAMESERVER, row.id(), revision, row);
}

absl::StatusOr<Plan> PlanNameserver(const PlanContext& context, const NewNameserver& nameserver) {
  if (absl::Status status = CheckNewNameserver(nameserver); !status.ok()) return status;
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  absl::Status status = CheckNameFree(roster, nameserver.id);
  if (status.ok()) status = CheckSeat(roster, nameserver);
  if (status.ok()) status = CheckAddressesFree(roster, nameserver.id, nameserver.addresses);
  if (!status.ok()) return status;
  absl::StatusOr<NameserverRow> row = NewNameserverRow(roster, nameserver);
  if (!row.ok()) return row.status();
  Plan plan;
  AddNameserverEffect(plan, 1, *row);
  return plan;
}

absl::Status CheckNodeId(absl::string_view id) {
  if (IsLabel(id)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("\"", id.substr(0, 64),
                                                 "\" is no name of a node: it is of lower-case "
                                                 "letters, digits and hyphens, 63 at most"));
}

absl::StatusOr<Plan> PlanNode(const PlanContext& context, const std::string& id,
                              const std::string& nameserver) {
  if (absl::Status status = CheckNodeId(id); !status.ok()) return status;
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  if (roster.nodes.contains(id))
    return absl::AlreadyExistsError(absl::StrCat("there is a node ", id, " already"));
  if (!roster.nameservers.contains(nameserver)) {
    return absl::NotFoundError(absl::StrCat("there is no nameserver ", nameserver.substr(0, 64)));
  }
  NodeRow row;
  row.set_id(id);
  row.set_nameserver(nameserver);
  row.set_state(stored::v1::NODE_STATE_JOINING);
  return PlanObject(stored::v1::OBJECT_KIND_NODE, id, 1, row);
}

absl::StatusOr<Plan> PlanDrain(const PlanContext& context, const std::string& node) {
  return MoveNode(context, node, {stored::v1::NODE_STATE_JOINING, stored::v1::NODE_STATE_COUNTED},
                  stored::v1::NODE_STATE_DRAINING);
}

absl::StatusOr<Plan> PlanForcedDrain(const PlanContext& context, const std::string& node) {
  return MoveNode(context, node, kUndrained, stored::v1::NODE_STATE_DRAINED, context.time_us);
}

absl::StatusOr<Plan> PlanCounted(const PlanContext& context, const std::string& node) {
  return MoveNode(context, node, {stored::v1::NODE_STATE_JOINING}, stored::v1::NODE_STATE_COUNTED);
}

absl::StatusOr<Plan> PlanDrained(const PlanContext& context, const std::string& node) {
  return MoveNode(context, node, kUndrained, stored::v1::NODE_STATE_DRAINED);
}

}  // namespace quartet::controller
