// Zones whose newest version is stored but not served yet: it is still being built.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace quartet::replication {

// Not thread-safe.
//
// What such a zone answers from meanwhile may be vouched for only where it is known to be right: the version
// that a logged flip took the place of, in the same epoch. One that a fetched snapshot takes the place of may
// be of another epoch, or known to differ.
class LoadingZones {
 public:
  // Of the Ready being made: the zone is loaded anew by a logged flip.
  void Flipped(const std::string& zone_id) { flipped_.insert(zone_id); }
  // Of the Ready being made: the zone is loaded anew, fails, or is removed. It stays one of these only if
  // Begin says so.
  void Replaced(const std::string& zone_id) {
    if (zones_.contains(zone_id)) replaced_.insert(zone_id);
  }
  // It is being built; answers come from `served_revision`.
  void Begin(const std::string& zone_id, uint64_t served_revision);
  void End(const std::string& zone_id);
  // The Ready is done.
  void Done();
  // Another epoch: nothing is vouched for.
  void Distrust();

  // Zone id -> the revision of the present epoch that it may be said to answer from; 0: none.
  const std::map<std::string, uint64_t>& zones() const { return zones_; }
  // Grows with every change of zones().
  uint64_t version() const { return version_; }

 private:
  std::map<std::string, uint64_t> zones_;
  std::set<std::string> flipped_;
  std::set<std::string> replaced_;
  uint64_t version_ = 0;
};

}  // namespace quartet::replication
