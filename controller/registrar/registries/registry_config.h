// What is to be known of a registry to be its client: a stanza of the configuration (docs/registries.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"

namespace quartet::controller {

// A value.
struct RegistryConfig {
  std::string name;
  // Lower case, without dots around: "test", "co.example".
  std::vector<std::string> tlds;

  std::string host;
  uint16_t port = 700;
  // What its certificate has to be of; empty: of `host`.
  std::string server_name;
  // Files; PEM.
  std::string ca;
  std::string certificate;
  std::string key;
  std::string client;
  // Read from its file.
  std::string password;
  size_t sessions = 4;
  std::chrono::milliseconds answer_within{60'000};

  epp::HostModel host_model = epp::HostModel::kObjects;
  // Wants DNSKEYs in place of DS records (RFC 5910 §4.2).
  bool wants_keys = false;
  uint32_t least_years = 1;
  uint32_t most_years = 10;
  // By role ("registrant", "admin", "tech", "billing"): names in RegistriesConfig.contacts. Empty: it is thin.
  std::map<std::string, std::string> contacts;
  // Days before its expiry that a domain is renewed by itself.
  uint32_t renew_days = 30;
};

struct RegistriesConfig {
  std::vector<RegistryConfig> registries;
  // By name. Their ids at registries are made of these names.
  std::map<std::string, epp::Contact> contacts;
};

}  // namespace quartet::controller
