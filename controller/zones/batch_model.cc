#include "controller/zones/batch_model.h"

#include <algorithm>

namespace quartet::controller {
namespace {

using Action = ModelChange::Action;
using Sets = ModelZone::Sets;

bool IsBelow(const std::string& name, const std::string& ancestor) {
  if (ancestor == "@") return name != "@";
  const std::string tail = "." + ancestor;
  return name.size() > tail.size() && name.compare(name.size() - tail.size(), tail.size(), tail) == 0;
}

class Judge {
 public:
  Judge(const Sets& before, const ModelBatch& batch, ModelFaults& faults)
      : before_(before), batch_(batch), after_(before), faults_(faults) {}

  void Read() {
    std::set<std::pair<std::string, std::string>> named;
    for (const ModelChange& change : batch_.changes) {
      if (change.unread) Fault("bad-value", change);
      if (!named.emplace(change.owner, change.type).second) {
        Fault("named-twice", change);
      } else if (change.unread) {
        unread_.insert(change.owner);
      } else {
        read_.push_back(change);
      }
    }
  }

  Sets Make() {
    for (const ModelChange& change : read_) {
      const size_t before = faults_.size();
      LookAtOne(change);
      if (faults_.size() > before && (change.owner == "@" || change.type == "SOA")) continue;
      MakeOne(change);
    }
    std::set<std::string> owners;
    for (const ModelChange& change : read_) owners.insert(change.owner);
    for (const std::string& owner : owners) {
      if (unread_.count(owner) == 0) LookAtOwner(owner);
    }
    const auto deleted = static_cast<size_t>(std::count_if(
        read_.begin(), read_.end(), [](const ModelChange& c) { return c.action == Action::kDelete; }));
    if (deleted > 10 && deleted * 100 > before_.size() * 30 && !batch_.allow_mass_deletion) {
      faults_.emplace("mass-deletion", "", "");
    }
    return after_;
  }

 private:
  void Fault(const std::string& rule, const ModelChange& change) {
    faults_.emplace(rule, change.owner, change.type);
  }

  void LookAtOne(const ModelChange& change) {
    const std::string& type = change.type;
    if (type == "SOA") Fault(change.owner == "@" ? "apex-soa" : "soa-below-apex", change);
    if (change.owner == "@") {
      if (type == "NS") Fault("apex-ns", change);
      if (type == "CNAME") Fault("cname-at-apex", change);
      if (type == "DS") Fault("ds-at-apex", change);
    }
    if (change.action == Action::kDelete) return;
    if (change.owner[0] == '*' && type == "NS") Fault("ns-at-wildcard", change);
    if (change.owner[0] == '*' && type == "DNAME") Fault("dname-at-wildcard", change);
    if (change.set.values.size() > 1 && type == "CNAME") Fault("many-cnames", change);
    if (change.set.values.size() > 1 && type == "DNAME") Fault("many-dnames", change);
  }

  void MakeOne(const ModelChange& change) {
    const auto key = std::make_pair(change.owner, change.type);
    const auto there = before_.find(key);
    const bool has = there != before_.end();
    if (change.action == Action::kCreate && has) Fault("exists", change);
    if (change.action == Action::kDelete && !has) Fault("not-found", change);
    if (change.action == Action::kDelete && has && !change.set.values.empty() &&
        (there->second.ttl != change.set.ttl || there->second.values != change.set.values)) {
      Fault("differs", change);
    }
    const std::string& only = batch_.only_writer;
    const bool names_another = !change.set.writer.empty() && change.set.writer != only;
    const bool is_anothers = has && there->second.writer != only;
    if (!only.empty() && (names_another || is_anothers)) Fault("other-writer", change);
    if (change.action == Action::kDelete) {
      after_.erase(key);
    } else {
      after_[key] = change.set;
      if (change.set.writer.empty()) after_[key].writer = only;
    }
  }

  bool Has(const std::string& owner, const std::string& type) const {
    return after_.count({owner, type}) != 0;
  }
  bool IsPut(const std::string& owner, const std::string& type) const {
    return std::any_of(read_.begin(), read_.end(), [&](const ModelChange& change) {
      return change.owner == owner && change.action != Action::kDelete &&
             (type.empty() || change.type == type);
    });
  }

  void LookAtOwner(const std::string& owner) {
    const auto types = std::count_if(after_.begin(), after_.end(),
                                     [&](const auto& set) { return set.first.first == owner; });
    if (Has(owner, "CNAME") && types > 1) faults_.emplace("cname-beside-other-types", owner, "CNAME");
    if (Has(owner, "DS") && !Has(owner, "NS")) faults_.emplace("ds-without-ns", owner, "DS");
    if (Has(owner, "DNAME") && Has(owner, "NS")) faults_.emplace("dname-beside-ns", owner, "DNAME");
    bool below = false;
    bool under = false;
    for (const auto& [key, set] : after_) {
      const std::string& name = key.first;
      below = below || (IsBelow(name, owner) && unread_.count(name) == 0);
      under = under || (IsBelow(owner, name) && key.second == "DNAME" && !IsPut(name, "DNAME") &&
                        unread_.count(name) == 0);
    }
    if (IsPut(owner, "DNAME") && below) faults_.emplace("names-below-dname", owner, "DNAME");
    if (IsPut(owner, "") && under) faults_.emplace("names-below-dname", owner, "");
  }

  const Sets& before_;
  const ModelBatch& batch_;
  Sets after_;
  ModelFaults& faults_;
  std::vector<ModelChange> read_;
  std::set<std::string> unread_;
};

}  // namespace

ModelZone::Result ModelZone::Apply(const ModelBatch& batch, ModelFaults& faults) {
  Judge judge(sets_, batch, faults);
  judge.Read();
  if (batch.if_revision != 0 && batch.if_revision != revision_) {
    return faults.empty() ? Result::kStale : Result::kRefused;
  }
  Sets after = judge.Make();
  if (!faults.empty()) return Result::kRefused;
  sets_ = std::move(after);
  ++revision_;
  return Result::kMade;
}

}  // namespace quartet::controller
