// quartet-controller: takes changes, sequences them, feeds the nodes.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "controller/core.h"
#include "controller/service_store.h"
#include "controller/services/services.h"
#include "proto/transport/server.h"
#include "replication/base/log.h"
#include "replication/base/readiness.h"
#include "replication/base/stop_signal.h"
#include "replication/base/version.h"
#include "replication/feed/feed_service.h"

namespace quartet::controller {
namespace {

struct Options {
  std::string name;
  std::string data;
  std::string listen;
  size_t cache_mib = kBlockCacheBytes >> 20;
  transport::TlsFiles tls;
};

// Exit codes: 1 can't run (and why is on standard error), 2 wrong usage.
int Fail(const absl::Status& status) {
  LogError("{}", std::string(status.message()));
  return 1;
}

absl::StatusOr<transport::TlsMaterial> LoadIdentity(const Options& options) {
  absl::StatusOr<transport::TlsMaterial> material = transport::LoadTls(options.tls);
  if (!material.ok()) return material;
  const transport::Identity& identity = material->identity;
  if (identity.kind != transport::Identity::Kind::kController || identity.name != options.name) {
    return absl::UnauthenticatedError(options.tls.certificate + " is of " + identity.ToString() +
                                      "; this process needs quartet://controller/" + options.name);
  }
  return material;
}

NodeCalls CallsOf(replication::FeedService& feed) {
  NodeCalls calls;
  calls.inquire = [&feed](const std::string& node, const quartet::replication::v1::Inquiry& inquiry) {
    return feed.Inquire(node, inquiry);
  };
  calls.allow_repair = [&feed](const std::string& node, const std::string& zone_id) {
    return feed.AllowRepair(node, zone_id);
  };
  calls.compare_zones = [&feed](const std::string& node,
                                const quartet::replication::v1::CompareZones& zones) {
    return feed.CompareZones(node, zones);
  };
  return calls;
}

int Run(const Options& options) {
  const replication::StopSignal stop_signal;
  const absl::StatusOr<transport::TlsMaterial> material = LoadIdentity(options);
  if (!material.ok()) return Fail(material.status());
  absl::StatusOr<std::unique_ptr<store::Store>> store =
      OpenServiceStore(options.data, options.cache_mib << 20);
  if (!store.ok()) return Fail(store.status());
  absl::StatusOr<std::unique_ptr<Controller>> controller =
      Controller::Open(*std::move(store), replication::SystemClock(), replication::SystemRandom(),
                       {.name = options.name, .version = std::string(replication::kVersion)});
  if (!controller.ok()) return Fail(controller.status());

  replication::FeedService feed((*controller)->log(), (*controller)->replica(), replication::SystemClock());
  feed.set_on_progress(
      [&](const std::vector<replication::NodeProgress>& moved) { (*controller)->OnProgress(moved); });
  feed.set_on_health([&](const std::string& node, const quartet::replication::v1::Health& health) {
    (*controller)->OnHealth(node, health);
  });
  (*controller)->set_node_calls(CallsOf(feed));
  (*controller)->set_on_committed([&](const replication::Position& head, bool roster_changed) {
    if (roster_changed) feed.RosterChanged();
    feed.Committed(head);
  });

  AdminServices admin(**controller);
  std::vector<grpc::Service*> services = admin.services();
  services.push_back(feed.service());
  absl::StatusOr<std::unique_ptr<transport::Server>> server =
      transport::Server::Start(options.listen, *material, services);
  if (!server.ok()) {
    // Its thread calls the feed, which goes first.
    (*controller)->Stop();
    return Fail(server.status());
  }
  LogInfo("controller {} serves on {}", options.name, options.listen);
  replication::NotifyReady();

  stop_signal.Wait();
  replication::NotifyStopping();
  LogInfo("stopping");
  feed.Shutdown();
  (*server)->Shutdown(1);
  (*controller)->Stop();
  return 0;
}

void AddRun(CLI::App& app, Options& options) {
  CLI::App* run = app.add_subcommand("run", "Serve until SIGTERM");
  run->add_option("--name", options.name, "Its name, as in its certificate")->required();
  run->add_option("--data", options.data, "Directory of its database, made by init or restore")->required();
  run->add_option("--listen", options.listen, "ADDR:PORT or [IPV6]:PORT for admins and nodes")->required();
  run->add_option("--cache", options.cache_mib, "Memory for blocks of the database's tables, MiB")
      ->check(CLI::Range(8, 1 << 20))
      ->capture_default_str();
  run->add_option("--ca", options.tls.ca, "CA certificate, PEM file")->required();
  run->add_option("--certificate", options.tls.certificate,
                  "Its certificate (quartet://controller/NAME), PEM file")
      ->required();
  run->add_option("--key", options.tls.key, "Its private key, PEM file")->required();
  run->footer(
      "Example:\n"
      "  quartet-controller run --name c-1 --data /var/lib/quartet/controller --listen 192.0.2.10:7070 \\\n"
      "    --ca ca.pem --certificate c-1.pem --key c-1.key");
}

void AddInit(CLI::App& app, Options& options) {
  CLI::App* init = app.add_subcommand("init", "Make the database of a new service, once");
  init->add_option("--name", options.name, "Name of the controller that will run it")->required();
  init->add_option("--data", options.data, "Directory of the database; made if absent")->required();
  init->footer(
      "Example:\n"
      "  quartet-controller init --name c-1 --data /var/lib/quartet/controller\n"
      "\n"
      "A new service has no zones. One whose directory was lost is brought back by restore, not by init: "
      "nodes take\n"
      "nothing from another service than the one their zones are from.");
}

int Init(const Options& options) {
  const absl::Status made = InitService(options.data, options.name);
  if (!made.ok()) return Fail(made);
  LogInfo("made a new service in {}", options.data);
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Quartet's controller: takes changes over gRPC, sequences them into a log, feeds the nameserver nodes.",
      "quartet-controller");
  Options options;
  app.require_subcommand(1);
  AddInit(app, options);
  AddRun(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return app.got_subcommand("init") ? Init(options) : Run(options);
}

}  // namespace
}  // namespace quartet::controller

int main(int argc, char** argv) {
  // The command line's library and the standard library throw; nothing of ours does.
  try {
    return quartet::controller::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quartet-controller: %s\n", error.what());
    return 1;
  }
}
