#include "dns/zonefile/set_collector.h"

#include <algorithm>
#include <utility>

namespace quartet::dns {
namespace {

std::string KeyOf(const Name& owner, Type type) {
  const Name lower = owner.ToLower();
  std::string key(reinterpret_cast<const char*>(lower.wire().data()), lower.wire().size());
  key.push_back(static_cast<char>(static_cast<uint16_t>(type) >> 8));
  key.push_back(static_cast<char>(static_cast<uint16_t>(type) & 0xff));
  return key;
}

}  // namespace

void WarnOfDuplicate(FaultLog* warnings, Place place, const Name& owner, Type type) {
  warnings->Add(place, "duplicate-record", "the same record stands above: this one is left out",
                owner.ToString(), TypeName(type));
}

void WarnOfTtl(FaultLog* warnings, Place place, const Name& owner, Type type) {
  warnings->Add(place, "ttl-differs",
                "its TTL is not that of its record set above; the lowest is taken for all (RFC 2181 §5.2)",
                owner.ToString(), TypeName(type));
}

void AddSecondSoa(FaultLog* faults, Place place, const Name& owner) {
  faults->Add(place, "soa", "a second SOA that differs from the first", owner.ToString(),
              TypeName(Type::kSoa));
}

SetCollector::Group& SetCollector::Find(const Name& owner, Type type, uint32_t ttl, Place place) {
  // Records of a set mostly follow each other.
  if (!groups_.empty() && groups_.back().records.front().type() == type && groups_.back().owner == owner) {
    return groups_.back();
  }
  const auto [found, inserted] = index_.try_emplace(KeyOf(owner, type), groups_.size());
  if (!inserted) return groups_[found->second];
  Group group;
  group.owner = owner;
  group.ttl = ttl;
  group.place = place;
  groups_.push_back(std::move(group));
  return groups_.back();
}

bool SetCollector::Remember(Group& group, const RecordData& data) {
  if (group.records.empty()) return true;
  if (group.seen == nullptr) {
    group.seen = std::make_unique<absl::flat_hash_set<std::string>>();
    group.seen->insert(group.records.front().Canonical());
  }
  return group.seen->insert(data.Canonical()).second;
}

SetCollector::Added SetCollector::Add(const Name& owner, uint32_t ttl, RecordData data, Place place) {
  Group& group = Find(owner, data.type(), ttl, place);
  Added added;
  added.before = group.records.size();
  added.duplicate = !Remember(group, data);
  if (ttl != group.ttl) {
    added.other_ttl = !group.ttls_differ;
    group.ttls_differ = true;
    group.ttl = std::min(group.ttl, ttl);
  }
  if (!added.duplicate) group.records.push_back(std::move(data));
  return added;
}

std::vector<RecordSet> SetCollector::Finish(FaultLog* log, std::vector<Place>* places) {
  std::vector<RecordSet> sets;
  sets.reserve(groups_.size());
  for (Group& group : groups_) {
    const Type type = group.records.front().type();
    absl::StatusOr<RecordSet> set = RecordSet::Create(group.owner, group.ttl, std::move(group.records));
    if (set.ok()) {
      sets.push_back(*std::move(set));
      places->push_back(group.place);
    } else {
      log->Add(group.place, "record-set", set.status().message(), group.owner.ToString(), TypeName(type));
    }
  }
  groups_.clear();
  index_.clear();
  return sets;
}

}  // namespace quartet::dns
