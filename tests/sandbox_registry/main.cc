// sandbox-registry: a registry to register domains at, for tests and local clusters. EPP over TLS.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
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
#include "tests/sandbox_registry/publisher.h"
#include "tests/sandbox_registry/rdap_server.h"
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
  // Empty: no zones are published.
  std::string root;
  uint16_t dns_port = 53;
  // All TLD=….
  std::vector<std::string> tld_servers;
  std::vector<std::string> zone_files;
  std::vector<std::string> zone_commands;
  // Empty: none.
  std::string rdap;
  std::string faults;
};

std::map<std::string, std::string> ReadPairs(const std::string& option,
                                             const std::vector<std::string>& texts) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (pair.first.empty() || pair.second.empty()) throw CLI::ValidationError(option, text + " is not TLD=…");
    pairs.insert(pair);
  }
  return pairs;
}

// Whole or not at all, then tells the server that has it.
void HandOver(const std::string& path, const std::string& command, const std::string& text) {
  const std::string made = path + ".new";
  std::ofstream(made) << text;
  std::filesystem::rename(made, path);
  if (!command.empty() && std::system(command.c_str()) != 0) {
    std::fprintf(stderr, "sandbox-registry: \"%s\" failed\n", command.c_str());
  }
}

Publisher::Options ReadPublishing(const Options& options) {
  Publisher::Options publishing;
  publishing.root = options.root;
  publishing.port = options.dns_port;
  publishing.tlds = ReadPairs("--tld-server", options.tld_servers);
  std::map<std::string, std::string> commands = ReadPairs("--zone-command", options.zone_commands);
  for (const auto& [tld, path] : ReadPairs("--zone-file", options.zone_files)) {
    publishing.elsewhere[tld] = [file = path, command = commands[tld]](const std::string& text) {
      HandOver(file, command, text);
    };
  }
  return publishing;
}

// What "pending=2" says, if the word is one of those.
bool ReadTldValue(const std::string& word, Tld& tld) {
  const std::pair<std::string, std::string> pair = absl::StrSplit(word, absl::MaxSplits('=', 1));
  if (pair.first == "reserved") {
    tld.reserved.insert(pair.second);
    return true;
  }
  return pair.first == "pending" && absl::SimpleAtoi(pair.second, &tld.pending_create_us) &&
         (tld.pending_create_us *= 1'000'000) > 0;
}

// "test", "example:thick:attributes:keys:reserved=nic:pending=2".
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
    } else if (!ReadTldValue(words[i], tld)) {
      throw CLI::ValidationError(
          "--tld", words[i] + " is none of thick, attributes, keys, reserved=LABEL, pending=SECONDS");
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

Server::Options ReadListening(const Options& options) {
  const std::vector<std::string> place = absl::StrSplit(options.listen, ':');
  uint32_t port = 0;
  if (place.size() != 2 || !absl::SimpleAtoi(place[1], &port) || port > 65535) {
    throw CLI::ValidationError("--listen", options.listen + " is not ADDR:PORT");
  }
  Server::Options listen;
  listen.address = place[0];
  listen.port = static_cast<uint16_t>(port);
  listen.faults = Faults(options.faults);
  return listen;
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
  std::unique_ptr<Publisher> publisher;
  if (!options.root.empty()) {
    absl::StatusOr<std::unique_ptr<Publisher>> opened = Publisher::Open(registry, ReadPublishing(options));
    if (!opened.ok()) return Fail(opened.status());
    publisher = *std::move(opened);
  }
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(registry, *tls, ReadListening(options));
  if (!server.ok()) return Fail(server.status());
  absl::StatusOr<std::unique_ptr<RdapServer>> rdap;
  if (!options.rdap.empty()) {
    rdap = RdapServer::Start(registry, options.rdap);
    if (!rdap.ok()) return Fail(rdap.status());
  }
  replication::NotifyReady();
  stop_signal.Wait();
  replication::NotifyStopping();
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("A registry to register domains at, for tests and local clusters: EPP over TLS.",
               "sandbox-registry");
  Options options;
  app.add_option(
         "--tld", options.tlds,
         "A TLD it runs: NAME[:thick][:attributes][:keys][:reserved=LABEL][:pending=SECONDS]; any number")
      ->required();
  app.add_option("--client", options.clients, "A client of it: NAME:PASSWORD; any number")->required();
  app.add_option("--listen", options.listen, "ADDR:PORT")->required();
  app.add_option("--data", options.data, "Directory of its database; made if absent")->required();
  app.add_option("--ca", options.identity.ca, "CA certificate that clients' are signed with, PEM file")
      ->required();
  app.add_option("--certificate", options.identity.certificate, "Its certificate, PEM file")->required();
  app.add_option("--key", options.identity.key, "Its private key, PEM file")->required();
  app.add_option("--root", options.root, "Publish the zones, with a root on this IPv4 address");
  app.add_option("--tld-server", options.tld_servers,
                 "TLD=ADDRESS of the TLD's name server; for each TLD, with --root");
  app.add_option("--dns-port", options.dns_port, "Of these")->capture_default_str();
  app.add_option("--zone-file", options.zone_files,
                 "TLD=FILE: another name server answers for it at that address, from this file");
  app.add_option("--zone-command", options.zone_commands, "TLD=COMMAND that tells that server of a new file");
  app.add_option("--rdap", options.rdap, "ADDR:PORT to answer RDAP on, over HTTP");
  app.add_option("--faults", options.faults, "File of what to do wrong, for tests: lines as in faults.h");
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
