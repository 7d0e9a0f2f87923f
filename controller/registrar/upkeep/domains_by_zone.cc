#include "controller/registrar/upkeep/domains_by_zone.h"

namespace quartet::controller {

void DomainsByZone::NoteLocked(const std::string& domain, const std::string& zone_id) {
  std::string& zone = zones_[domain];
  const auto before = domains_.find(zone);
  if (before != domains_.end()) {
    before->second.erase(domain);
    if (before->second.empty()) domains_.erase(before);
  }
  zone = zone_id;
  if (!zone_id.empty()) domains_[zone_id].insert(domain);
  if (zone_id.empty() && loaded_) zones_.erase(domain);
}

void DomainsByZone::Note(const std::string& domain, const std::string& zone_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  NoteLocked(domain, zone_id);
}

void DomainsByZone::Load(const std::string& domain, const std::string& zone_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!zones_.contains(domain)) NoteLocked(domain, zone_id);
}

void DomainsByZone::Loaded() {
  const std::lock_guard<std::mutex> lock(mutex_);
  loaded_ = true;
  for (auto it = zones_.begin(); it != zones_.end();) it = it->second.empty() ? zones_.erase(it) : ++it;
}

bool DomainsByZone::loaded() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return loaded_;
}

std::vector<std::string> DomainsByZone::Of(const std::string& zone_id) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = domains_.find(zone_id);
  if (found == domains_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

bool DomainsByZone::Has(const std::string& zone_id) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return domains_.contains(zone_id);
}

}  // namespace quartet::controller
