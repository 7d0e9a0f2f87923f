// sandbox-registry: a registry to register domains at, for tests and local clusters. EPP over TLS.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "controller/registrar/epp/tls_stream.h"
#include "replication/base/clock.h"
#include "replication/base/readiness.h"
#include "replication/base/stop_signal.h"
#include "replication/store/rocks_store.h"
#include "tests/sandbox_registry/registry.h"
#include "tests/sandbox_registry/server.h"

namespace quartet::sandbox {
namespace {

struct Options {
  std::vector<std::string> tlds;
  std::vector<std::string> clients;
  std::string listen;
  std::string data;
  controller::epp::TlsIdentity identity;
};

// "test", "example:thick:attributes:keys".
Tld ReadTld(const std::string& text) {
  const std::vector<std::string> words = absl::StrSplit(text, ':');
  Tld tld;
  tld.name = words.front();
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "thick") {
      tld.thick = true;
    } else if (words[i] == "attributes") {
      tld.hosts = Tld::Hosts::kAttributes;
    } else if (words[i] == "keys") {
      tld.sec_dns = Tld::SecDns::kKeyData;
    } else {
      throw CLI::ValidationError("--tld", words[i] + " is none of thick, attributes, keys");
    }
  }
  return tld;
}

RegistryConfig ReadConfig(const Options& options) {
  RegistryConfig config;
  for (const std::string& text : options.tlds) {
    const Tld tld = ReadTld(text);
    config.tlds[tld.name] = tld;
  }
  for (const std::string& text : options.clients) {
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
    if (parts.size() != 2) throw CLI::ValidationError("--client", text + " is not NAME:PASSWORD");
    config.clients[parts[0]] = parts[1];
  }
  return config;
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "sandbox-registry: %s\n", std::string(status.message()).c_str());
  return 1;
}

int Run(const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);
  const replication::StopSignal stop_signal;
  absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenRocksStore(options.data);
  if (!store.ok()) return Fail(store.status());
  Registry registry(ReadConfig(options), **store, replication::SystemClock());
  const auto tls = controller::epp::TlsContext::ForServer(options.identity);
  if (!tls.ok()) return Fail(tls.status());
  Server::Options listen;
  const std::vector<std::string> place = absl::StrSplit(options.listen, ':');
  uint32_t port = 0;
  if (place.size() != 2 || !absl::SimpleAtoi(place[1], &port) || port > 65535) {
    throw CLI::ValidationError("--listen", options.listen + " is not ADDR:PORT");
  }
  listen.address = place[0];
  listen.port = static_cast<uint16_t>(port);
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(registry, *tls, listen);
  if (!server.ok()) return Fail(server.status());
  replication::NotifyReady();
  stop_signal.Wait();
  replication::NotifyStopping();
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("A registry to register domains at, for tests and local clusters: EPP over TLS.",
               "sandbox-registry");
  Options options;
  app.add_option("--tld", options.tlds, "A TLD it runs: NAME[:thick][:attributes][:keys]; any number")
      ->required();
  app.add_option("--client", options.clients, "A client of it: NAME:PASSWORD; any number")->required();
  app.add_option("--listen", options.listen, "ADDR:PORT")->required();
  app.add_option("--data", options.data, "Directory of its database; made if absent")->required();
  app.add_option("--ca", options.identity.ca, "CA certificate that clients' are signed with, PEM file")
      ->required();
  app.add_option("--certificate", options.identity.certificate, "Its certificate, PEM file")->required();
  app.add_option("--key", options.identity.key, "Its private key, PEM file")->required();
  app.footer(
      "Example:\n"
      "  sandbox-registry --tld test --tld example:thick --client quartet:secret-1 --listen 127.0.0.1:7700 "
      "\\\n"
      "    --data registry --ca ca.pem --certificate registry.pem --key registry.key");
  try {
    app.parse(argc, argv);
    return Run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
}

}  // namespace
}  // namespace quartet::sandbox

int main(int argc, char** argv) {
  // The command line's library and the standard library throw; nothing of ours does.
  try {
    return quartet::sandbox::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sandbox-registry: %s\n", error.what());
    return 2;
  }
}
