// The stanza of a sandbox registry that runs in the test's process.
#pragma once

#include <string>
#include <vector>

#include "controller/registrar/registries/registry_config.h"
#include "tests/sandbox_registry/registry_fixture.h"

namespace quartet::controller {

inline RegistryConfig RegistryConfigOf(const sandbox::RunningRegistry& running, std::vector<std::string> tlds,
                                       const std::string& client = "ours",
                                       const std::string& password = "secret-1") {
  RegistryConfig config;
  config.name = "sandbox";
  config.tlds = std::move(tlds);
  config.host = "127.0.0.1";
  config.port = running.port();
  config.ca = running.client_identity().ca;
  config.certificate = running.client_identity().certificate;
  config.key = running.client_identity().key;
  config.client = client;
  config.password = password;
  return config;
}

}  // namespace quartet::controller
