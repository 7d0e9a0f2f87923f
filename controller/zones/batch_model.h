// What a batch does to a zone, in obvious code over a map: the measure of the real thing.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace quartet::controller {

struct ModelSet {
  uint32_t ttl = 0;
  std::set<std::string> values;
  std::string writer;
};

struct ModelChange {
  enum class Action { kCreate, kUpsert, kDelete } action;
  // Relative to the zone, in lower case: "@", "b.a".
  std::string owner;
  std::string type;
  ModelSet set;
  // Its value can't be read.
  bool unread = false;
};

struct ModelBatch {
  std::vector<ModelChange> changes;
  std::string only_writer;
  // 0: whatever it is.
  uint64_t if_revision = 0;
  bool allow_mass_deletion = false;
};

// Rule, owner, type.
using ModelFaults = std::multiset<std::tuple<std::string, std::string, std::string>>;

class ModelZone {
 public:
  // (owner, type); without SOA and apex NS, which are always there.
  using Sets = std::map<std::pair<std::string, std::string>, ModelSet>;

  enum class Result { kMade, kRefused, kStale };
  // The faults are those of a refusal.
  Result Apply(const ModelBatch& batch, ModelFaults& faults);

  const Sets& sets() const { return sets_; }
  uint64_t revision() const { return revision_; }

 private:
  Sets sets_;
  uint64_t revision_ = 1;
};

}  // namespace quartet::controller
