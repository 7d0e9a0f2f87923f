// quartet-nameserver: answers DNS queries, as a node from its replica, which the controller keeps up to date (run), or on its
// own from zone files (serve).
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nameserver/identity_options.h"
#include "nameserver/node/node.h"
#include "nameserver/standalone/standalone.h"
#include "proto/transport/metrics.h"
#include "proto/transport/server.h"
#include "proto/transport/tls_files.h"
#include "replication/base/log.h"
#include "replication/base/readiness.h"
#include "replication/base/stop_signal.h"
#include "replication/base/version.h"

namespace quartet::nameserver {
namespace {

// Exit codes: 1 can't run, or can't go on (and why is on standard error), 2 wrong usage.
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

struct RunOptions {
  NodeOptions node;
  std::vector<std::string> listen;
  std::string health_listen;
  std::string metrics_listen;
  transport::TlsFiles tls;
  IdentityOptions identity;
  double scrub_hours = 24;
  uint64_t scrub_rate = 8;
};

struct StandaloneCommand {
  StandaloneOptions standalone;
  std::vector<std::string> listen;
  std::string metrics_listen;
  IdentityOptions identity;
};

int Fail(const absl::Status& status) {
  LogError("{}", std::string(status.message()));
  return kFailed;
}

// A thousand TCP clients and the database's files are more than the usual soft limit.
void RaiseFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

absl::Status ParseListen(const std::vector<std::string>& texts, ServeOptions& serve) {
  for (const std::string& text : texts) {
    absl::StatusOr<SocketAddress> address = SocketAddress::Parse(text);
    if (!address.ok()) return address.status();
    serve.listen.push_back(*address);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<transport::MetricsServer>> StartMetrics(
    const std::string& listen, transport::MetricsServer::Collect collect) {
  if (listen.empty()) return std::unique_ptr<transport::MetricsServer>();
  return transport::MetricsServer::Start(listen, std::move(collect));
}

int Serve(const StandaloneCommand& command) {
  StandaloneOptions options = command.standalone;
  options.serve.identity = MakeIdentity(command.identity, HostName());
  const absl::Status parsed = ParseListen(command.listen, options.serve);
  if (!parsed.ok()) {
    Fail(parsed);
    return kWrongUsage;
  }
  const replication::StopSignal stop_signal;
  RaiseFileLimit();
  options.stopped = [&stop_signal] { return stop_signal.Came(); };
  const absl::StatusOr<std::unique_ptr<Standalone>> server = Standalone::Start(options);
  if (absl::IsCancelled(server.status())) return 0;
  if (!server.ok()) return Fail(server.status());
  auto metrics_server = StartMetrics(command.metrics_listen, [&server] { return (*server)->Metrics(); });
  if (!metrics_server.ok()) return Fail(metrics_server.status());
  stop_signal.Wait();
  replication::NotifyStopping();
  metrics_server->reset();
  (*server)->Stop();
  return 0;
}

// gRPC's health and reflection services, for those who watch over the node.
absl::StatusOr<std::unique_ptr<transport::Server>> StartHealth(const std::string& listen,
                                                               const transport::TlsMaterial& tls) {
  if (listen.empty()) return std::unique_ptr<transport::Server>();
  return transport::Server::Start(listen, tls, {});
}

int Run(RunOptions options) {
  const absl::Status parsed = ParseListen(options.listen, options.node.serve);
  if (!parsed.ok()) {
    Fail(parsed);
    return kWrongUsage;
  }
  options.node.scrub.interval_us = static_cast<int64_t>(options.scrub_hours * 3600e6);
  options.node.scrub.bytes_per_second = options.scrub_rate << 20;
  const replication::StopSignal stop_signal;
  RaiseFileLimit();
  const absl::StatusOr<transport::TlsMaterial> tls = transport::LoadTls(options.tls);
  if (!tls.ok()) return Fail(tls.status());
  options.node.serve.identity = MakeIdentity(options.identity, tls->identity.name);
  const absl::StatusOr<std::unique_ptr<Node>> node =
      Node::Start(options.node, *tls, [] { kill(getpid(), SIGTERM); });
  if (!node.ok()) return Fail(node.status());
  const absl::StatusOr<std::unique_ptr<transport::Server>> health = StartHealth(options.health_listen, *tls);
  if (!health.ok()) return Fail(health.status());
  auto metrics_server = StartMetrics(options.metrics_listen, [&node] { return (*node)->Metrics(); });
  if (!metrics_server.ok()) return Fail(metrics_server.status());

  stop_signal.Wait();
  replication::NotifyStopping();
  LogInfo("stopping");
  metrics_server->reset();
  (*node)->Stop();
  return (*node)->failure().ok() ? 0 : Fail((*node)->failure());
}

void AddListen(CLI::App& command, std::vector<std::string>& listen, ServeOptions& serve) {
  command
      .add_option("--listen", listen, "ADDR:PORT or [IPV6]:PORT to answer on, UDP and TCP; may be repeated")
      ->required();
  command.add_option("--workers", serve.workers, "UDP threads; 0: one per core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command
      .add_option_function<int>(
          "--busy-poll", [&serve](int micros) { serve.busy_poll = std::chrono::microseconds(micros); },
          "Microseconds that a UDP thread with nothing to do goes on asking before it sleeps: answers come "
          "sooner, "
          "for a core that is never idle; not at all by default")
      ->check(CLI::Range(0, 1'000'000));
}

CLI::Option* AddMemoryBudget(CLI::App& command, size_t& budget) {
  return command
      .add_option(
          "--memory-budget", budget,
          "Bytes of memory for zones, such as 512MB or 2GB: those that nobody asks for leave it and are "
          "read from disk when they are asked for again; 0: as much as they take")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
}

void AddMetrics(CLI::App& command, std::string& listen) {
  command.add_option(
      "--metrics-listen", listen,
      "ADDR:PORT to serve metrics on, for Prometheus: GET /metrics, without TLS; none if not given");
}

void AddRun(CLI::App& app, RunOptions& options) {
  CLI::App* run = app.add_subcommand("run", "Serve the zones of a nameserver until SIGTERM");
  run->add_option("--data", options.node.data, "Directory of its replica; made if absent")->required();
  run->add_option("--controller", options.node.controller, "HOST:PORT of the controller; may be down")
      ->required();
  AddListen(*run, options.listen, options.node.serve);
  run->add_option("--ca", options.tls.ca, "CA certificate, PEM file")->required();
  run->add_option("--certificate", options.tls.certificate,
                  "Its certificate (quartet://nameserver/NAMESERVER/node/NODE), PEM file")
      ->required();
  run->add_option("--key", options.tls.key, "Its private key, PEM file")->required();
  AddIdentityOptions(*run, options.identity);
  AddMemoryBudget(*run, options.node.memory_budget);
  run->add_option("--health-listen", options.health_listen,
                  "ADDR:PORT for gRPC's health service; none if not given");
  AddMetrics(*run, options.metrics_listen);
  run->add_option("--scrub-hours", options.scrub_hours,
                  "Hours between two scrubs: every zone is read from disk and compared with its digest")
      ->check(CLI::Range(0.0001, 8760.0))
      ->capture_default_str();
  run->add_option("--scrub-rate", options.scrub_rate, "MiB a second that a scrub reads at most")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  run->footer(
      "Example:\n"
      "  quartet-nameserver run --data /var/lib/quartet/ns-1-a --controller controller.example.net:7070 \\\n"
      "    --listen 192.0.2.53:53 --listen '[2001:db8::53]:53' \\\n"
      "    --ca ca.pem --certificate ns-1-a.pem --key ns-1-a.key\n"
      "\n"
      "  quartet-nameserver run --memory-budget 512MB ...    # more zones than there is memory for\n"
      "\n"
      "It says who it is (dig +nsid, dig CH TXT id.server): --nsid none --server-id none to keep that to "
      "itself.\n"
      "\n"
      "It listens once it has all its zones; a node that had them before answers at once, controller or "
      "not.");
}

CLI::App* AddServe(CLI::App& app, StandaloneCommand& command) {
  StandaloneOptions& options = command.standalone;
  CLI::App* serve = app.add_subcommand("serve", "Serve zone files as they stand, with no controller");
  serve
      ->add_option("--zone-list", options.zone_list,
                   "File with a line NAME PATH for each zone; PATH is relative to its folder")
      ->required();
  serve->add_option("--data", options.data,
                    "Directory to import the zones into, once: later starts read it, and no zone file");
  AddMemoryBudget(*serve, options.memory_budget)->needs("--data");
  AddListen(*serve, command.listen, options.serve);
  AddMetrics(*serve, command.metrics_listen);
  AddIdentityOptions(*serve, command.identity);
  serve->footer(
      "Example:\n"
      "  echo 'example.com example.com.zone' > zones.txt\n"
      "  quartet-nameserver serve --zone-list zones.txt --listen 127.0.0.1:5300 --listen '[::1]:5300'\n"
      "\n"
      "Zone files have their own SOA and NS. One file may be of several names: its relative names are then\n"
      "completed with each. In the list, lines that begin with '#' or ';' are comments. If anything is wrong "
      "in\n"
      "the list or in a file, every fault is told with line and column, nothing is served, and the exit code "
      "is 1.\n"
      "RRSIG, NSEC, NSEC3 and NSEC3PARAM records are left out: nothing is signed or proven. It listens once "
      "all\n"
      "zones are loaded, and ends on SIGTERM.\n"
      "\n"
      "With --data the zones are imported into a database and served from it, at that start and at every "
      "later one;\n"
      "it listens at once then, and reads each zone when it is first asked for.\n"
      "They are imported again when the list or a file that it names is not what it was before the import "
      "(size,\n"
      "inode, or time of last change), or when the database can't be read. An import that was cut short is "
      "begun again.");
  return serve;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Quartet's nameserver: answers DNS queries, as a node from zones that the controller keeps up to "
      "date,\n"
      "or on its own from zone files.",
      "quartet-nameserver");
  RunOptions options;
  StandaloneCommand standalone;
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(replication::kVersion));
  AddRun(app, options);
  const CLI::App* serve = AddServe(app, standalone);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  if (serve->parsed()) return Serve(standalone);
  return Run(std::move(options));
}

}  // namespace
}  // namespace quartet::nameserver

int main(int argc, char** argv) {
  // The command line's library and the standard library throw; nothing of ours does.
  try {
    return quartet::nameserver::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quartet-nameserver: %s\n", error.what());
    return 1;
  }
}
