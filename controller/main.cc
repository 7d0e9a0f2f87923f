// quartet-controller: takes changes, sequences them, feeds the nodes.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "controller/core.h"
#include "controller/services/services.h"
#include "proto/transport/server.h"
#include "replication/base/log.h"
#include "replication/base/readiness.h"
#include "replication/base/stop_signal.h"
#include "replication/base/version.h"
#include "replication/feed/feed_service.h"
#include "replication/store/rocks_store.h"

namespace quartet::controller {
namespace {

struct Options {
  std::string name;
  std::string data;
  std::string listen;
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

int Run(const Options& options) {
  const replication::StopSignal stop_signal;
  const absl::StatusOr<transport::TlsMaterial> material = LoadIdentity(options);
  if (!material.ok()) return Fail(material.status());
  absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenRocksStore(options.data);
  if (!store.ok()) return Fail(store.status());
  absl::StatusOr<std::unique_ptr<Controller>> controller =
      Controller::Open(*std::move(store), replication::SystemClock(), replication::SystemRandom(),
                       {.name = options.name, .version = std::string(replication::kVersion)});
  if (!controller.ok()) return Fail(controller.status());

  replication::FeedService feed((*controller)->log(), (*controller)->replica(), replication::SystemClock());
  feed.set_on_progress([&] { (*controller)->OnProgress(feed.Progress()); });
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

int Main(int argc, char** argv) {
  CLI::App app(
      "Quartet's controller: takes changes over gRPC, sequences them into a log, feeds the nameserver nodes.",
      "quartet-controller");
  Options options;
  app.require_subcommand(1);
  CLI::App* run = app.add_subcommand("run", "Serve until SIGTERM");
  run->add_option("--name", options.name, "Its name, as in its certificate")->required();
  run->add_option("--data", options.data, "Directory of its database; made if absent")->required();
  run->add_option("--listen", options.listen, "ADDR:PORT or [IPV6]:PORT for admins and nodes")->required();
  run->add_option("--ca", options.tls.ca, "CA certificate, PEM file")->required();
  run->add_option("--certificate", options.tls.certificate,
                  "Its certificate (quartet://controller/NAME), PEM file")
      ->required();
  run->add_option("--key", options.tls.key, "Its private key, PEM file")->required();
  run->footer(
      "Example:\n"
      "  quartet-controller run --name c-1 --data /var/lib/quartet/controller --listen 192.0.2.10:7070 \\\n"
      "    --ca ca.pem --certificate c-1.pem --key c-1.key");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return Run(options);
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
