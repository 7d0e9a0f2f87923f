// What a registry is like: which TLDs it runs, by which policies, and who its clients are.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace quartet::sandbox {

struct Tld {
  // Lower case, without dots.
  std::string name;
  enum class Hosts { kObjects, kAttributes } hosts = Hosts::kObjects;
  // Thick: a registrant and an admin, tech and billing contact are needed; thin: none is taken.
  bool thick = false;
  enum class SecDns { kNone, kDsData, kKeyData } sec_dns = SecDns::kDsData;
  uint32_t least_years = 1;
  uint32_t most_years = 10;
  // Not 0: create is answered 1001 and done so long after.
  int64_t pending_create_us = 0;
  // So long after delete a domain goes; 0: at once.
  int64_t pending_delete_us = 0;
  // Second-level labels that nobody gets.
  std::set<std::string> reserved;
};

struct RegistryConfig {
  // Of the greeting.
  std::string server_id = "Sandbox registry";
  // By name.
  std::map<std::string, Tld> tlds;
  // Passwords by client.
  std::map<std::string, std::string> clients;
  // Of one client; one more is refused by 2502.
  size_t most_sessions = 100;
};

}  // namespace quartet::sandbox
