// quartet-controller: takes changes, sequences them, feeds the nodes.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "controller/assignment/move_driver.h"
#include "controller/backup/backup_client.h"
#include "controller/backup/maker.h"
#include "controller/backup/restore.h"
#include "controller/backup/verify.h"
#include "controller/core.h"
#include "controller/history/history_keeper.h"
#include "controller/registrar/registrar.h"
#include "controller/registrar/registries/load_registries.h"
#include "controller/reports/node_reports.h"
#include "controller/restore/restores.h"
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

// Of `run` and `init`.
struct Options {
  std::string name;
  std::string data;
  std::string listen;
  uint64_t log_bytes = LogTrimmer::kLogBytes;
  double scrub_hours = 24;
  uint64_t scrub_rate = 8;
  size_t cache_mib = kBlockCacheBytes >> 20;
  // 0: as TTLs say.
  double retire_seconds = 0;
  double history_days = 30;
  double undelete_days = 30;
  uint64_t history_bytes = Retention().history_bytes;
  bool stripe_zones = true;
  // The file of registries; empty: there are none.
  std::string registries;
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

Retention RetentionOf(const Options& options) {
  Retention retention;
  retention.history_us = static_cast<int64_t>(options.history_days * static_cast<double>(Retention::kDayUs));
  retention.undelete_us =
      static_cast<int64_t>(options.undelete_days * static_cast<double>(Retention::kDayUs));
  retention.history_bytes = options.history_bytes;
  return retention;
}

absl::StatusOr<std::unique_ptr<Registries>> OpenRegistries(const std::string& path) {
  RegistriesConfig config;
  if (!path.empty()) {
    absl::StatusOr<RegistriesConfig> loaded = LoadRegistries(path);
    if (!loaded.ok()) return loaded.status();
    config = *std::move(loaded);
  }
  return Registries::Make(std::move(config), [](const RegistryConfig& registry) {
    return MakeRegistryClient(registry, replication::SystemRandom());
  });
}

int Run(const Options& options) {
  if (options.log_bytes < LogTrimmer::kLeastLogBytes) {
    return Fail(absl::InvalidArgumentError("--log-bytes is less than 1MiB, which holds no log to speak of"));
  }
  const replication::StopSignal stop_signal;
  const absl::StatusOr<transport::TlsMaterial> material = LoadIdentity(options);
  if (!material.ok()) return Fail(material.status());
  // A registry that ends a connection is no reason to end.
  std::signal(SIGPIPE, SIG_IGN);
  const absl::StatusOr<std::unique_ptr<Registries>> registries = OpenRegistries(options.registries);
  if (!registries.ok()) return Fail(registries.status());
  absl::StatusOr<std::unique_ptr<store::Store>> store =
      OpenServiceStore(options.data, options.cache_mib << 20);
  if (!store.ok()) return Fail(store.status());
  absl::StatusOr<std::unique_ptr<Controller>> controller =
      Controller::Open(*std::move(store), replication::SystemClock(), replication::SystemRandom(),
                       {.name = options.name,
                        .version = std::string(replication::kVersion),
                        .log_bytes = options.log_bytes,
                        .spool_directory = options.data + "/imports"});
  if (!controller.ok()) return Fail(WithWayOut(controller.status(), options.data));

  replication::Scrubber::Options scrub;
  scrub.interval_us = static_cast<int64_t>(options.scrub_hours * 3600e6);
  scrub.bytes_per_second = options.scrub_rate << 20;
  replication::Publisher::Options feed_options;
  feed_options.guard = &(*controller)->StartInspection(scrub);
  replication::FeedService feed((*controller)->log(), (*controller)->replica(), replication::SystemClock(),
                                feed_options);
  feed.set_on_progress(
      [&](const std::vector<replication::NodeProgress>& moved) { (*controller)->OnProgress(moved); });
  feed.set_on_health([&](const std::string& node, const quartet::replication::v1::Health& health) {
    (*controller)->OnHealth(node, health);
  });
  feed.set_on_report([&](const std::string& node, const quartet::replication::v1::ReportPart& part) {
    (*controller)->OnReport(node, part);
  });
  NodeReports& reports = (*controller)->set_nodes(feed);
  (*controller)->set_on_committed([&](const replication::Position& head, bool roster_changed) {
    if (roster_changed) feed.RosterChanged();
    feed.Committed(head);
  });

  Registrar registrar((*controller)->host(), **registries, replication::SystemClock(),
                      replication::SystemRandom(), {});
  MoveDriver::Options moves_options;
  moves_options.retire.registry_confirmed = [&](const stored::v1::ZoneRow& zone) {
    return registrar.RegistryConfirmed(zone);
  };
  moves_options.retire.retire_us = static_cast<int64_t>(options.retire_seconds * 1e6);
  moves_options.stripe_zones = options.stripe_zones;
  MoveDriver moves((*controller)->host(), replication::SystemClock(), moves_options);

  HistoryKeeper history((*controller)->host(), replication::SystemClock(),
                        {.retention = RetentionOf(options)});
  BackupMaker backups((*controller)->log(), (*controller)->replica(), replication::SystemClock(),
                      {.controller = options.name,
                       .version = std::string(replication::kVersion),
                       .checkpoint = options.data + "/backup.checkpoint",
                       .hold_log = [&] { return (*controller)->HoldLog(); }});
  Restores restores(**controller, reports,
                    {[&] { return feed.Progress(); }, [&](bool unsettled) { feed.SetUnsettled(unsettled); }});
  AdminServices admin(**controller, backups, restores, &registrar);
  std::vector<grpc::Service*> services = admin.services();
  services.push_back(feed.service());
  absl::StatusOr<std::unique_ptr<transport::Server>> server =
      transport::Server::Start(options.listen, *material, services);
  if (!server.ok()) {
    moves.Stop();
    history.Stop();
    registrar.Stop();
    // Its thread calls the feed, which goes first.
    (*controller)->Stop();
    return Fail(server.status());
  }
  LogInfo("controller {} serves on {}", options.name, options.listen);
  replication::NotifyReady();

  stop_signal.Wait();
  replication::NotifyStopping();
  LogInfo("stopping");
  moves.Stop();
  history.Stop();
  reports.Stop();
  backups.Stop();
  feed.Shutdown();
  (*server)->Shutdown(1);
  registrar.Stop();
  (*controller)->Stop();
  return 0;
}

void AddHistoryOptions(CLI::App& run, Options& options) {
  // Ten centuries: far from what times are counted in.
  const CLI::Range days(0.0, 365'000.0);
  run.add_option("--history-days", options.history_days,
                 "Days that zones can be shown as of, and reverted to")
      ->check(days)
      ->capture_default_str();
  run.add_option(
         "--history-bytes", options.history_bytes,
         "How much history a zone may have, in bytes or as 512MiB, 4GiB; beyond it the oldest goes early")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("1GiB");
  run.add_option("--undelete-days", options.undelete_days,
                 "Days that a deleted zone can be undeleted; then it is gone for good")
      ->check(days)
      ->capture_default_str();
}

void AddRun(CLI::App& app, Options& options) {
  CLI::App* run = app.add_subcommand("run", "Serve until SIGTERM");
  run->add_option("--name", options.name, "Its name, as in its certificate")->required();
  run->add_option("--data", options.data, "Directory of its database, made by init or restore")->required();
  run->add_option("--listen", options.listen, "ADDR:PORT or [IPV6]:PORT for admins and nodes")->required();
  run->add_option(
         "--log-bytes", options.log_bytes,
         "How large its log may grow, in bytes or as 512MiB, 4GiB. A node that was away goes on from the log "
         "as "
         "long as it reaches back to it, and has its zones compared by digest otherwise. What all nodes have "
         "goes early, down to an eighth of this; beyond it the oldest entries go, whoever lacks them")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("4GiB");
  run->add_option("--cache", options.cache_mib, "Memory for blocks of the database's tables, MiB")
      ->check(CLI::Range(8, 1 << 20))
      ->capture_default_str();
  run->add_option("--ca", options.tls.ca, "CA certificate, PEM file")->required();
  run->add_option("--certificate", options.tls.certificate,
                  "Its certificate (quartet://controller/NAME), PEM file")
      ->required();
  run->add_option("--key", options.tls.key, "Its private key, PEM file")->required();
  run->add_option("--scrub-hours", options.scrub_hours,
                  "Hours between two scrubs: every zone is read from disk and compared with its digests")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  run->add_option("--scrub-rate", options.scrub_rate, "MiB a second that a scrub reads at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  run->add_flag("--stripe-zones,!--no-stripe-zones", options.stripe_zones,
                "Make and keep the zones of the stripes' domains, in which the nameservers' names lie; not, "
                "where those "
                "are served elsewhere")
      ->default_str("on");
  run->add_option(
      "--registries", options.registries,
      "File that says which registries domains are registered at (docs/registries.md); if not given: none");
  run->add_option(
         "--retire-seconds", options.retire_seconds,
         "Seconds that a nameserver goes on answering for a zone that was moved away from it, once all four "
         "name "
         "the new ones. If not given: the larger of the zone's NS TTL and two days, and an hour more; less "
         "is "
         "for tests, as caches then ask a nameserver that does not know the zone any more")
      ->check(CLI::PositiveNumber);
  AddHistoryOptions(*run, options);
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

struct BackupCommand {
  BackupOptions options;
  uint64_t mebibytes_per_second = 0;
  // Directory to be looked at in place of making a backup.
  std::string verify;
};

void AddBackup(CLI::App& app, BackupCommand& command) {
  CLI::App* backup = app.add_subcommand("backup", "Make a backup of a running controller");
  backup->add_option("--controller", command.options.controller, "The controller, ADDR:PORT")->required();
  backup->add_option("--to", command.options.to, "Directory that is to be made for it")->required();
  backup->add_option("--rate", command.mebibytes_per_second, "MiB a second at most; 0: as fast as it goes");
  backup->add_option("--ca", command.options.tls.ca, "CA certificate, PEM file")->required();
  backup
      ->add_option("--certificate", command.options.tls.certificate,
                   "An admin's certificate (quartet://admin/NAME), PEM file")
      ->required();
  backup->add_option("--key", command.options.tls.key, "Its private key, PEM file")->required();
  backup->footer(
      "It holds all that is committed when it ends, the service's secrets too: keep it as safe as the "
      "controller.\n\n"
      "Example:\n"
      "  quartet-controller backup --controller 192.0.2.10:7070 --to /backups/2026-03-01 \\\n"
      "    --ca ca.pem --certificate admin.pem --key admin.key");

  CLI::App* verify = app.add_subcommand("verify-backup", "Check whether a backup is whole and unchanged");
  verify->add_option("DIR", command.verify, "Directory of the backup")->required();
  verify->footer("Example:\n  quartet-controller verify-backup /backups/2026-03-01");
}

void AddRestore(CLI::App& app, RestoreOptions& options) {
  CLI::App* restore = app.add_subcommand("restore", "Bring a lost controller back from a backup");
  restore->add_option("--from", options.from, "Directory of the backup")->required();
  restore->add_option("--data", options.data, "Directory of the database; absent or empty")->required();
  restore->add_option("--name", options.name, "Refuse a backup of another controller than this");
  restore->footer(
      "Nodes go on answering what they have, until `quartet restore confirm`.\n\n"
      "Example:\n"
      "  quartet-controller restore --from /backups/2026-03-01 --data /var/lib/quartet/controller");
}

// "123 of 456 MiB", over and over in one line of a terminal.
class ProgressLine {
 public:
  ~ProgressLine() {
    if (shown_ != UINT64_MAX) std::fprintf(stderr, "\n");
  }
  void Show(uint64_t bytes, uint64_t total) {
    if (!terminal_ || bytes >> 20 == shown_) return;
    shown_ = bytes >> 20;
    std::fprintf(stderr, "\r%llu of %llu MiB", static_cast<unsigned long long>(shown_),
                 static_cast<unsigned long long>(total >> 20));
  }

 private:
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  uint64_t shown_ = UINT64_MAX;
};

absl::StatusOr<Manifest> FetchWithProgress(const BackupOptions& options) {
  ProgressLine line;
  return FetchBackup(options, [&](uint64_t bytes, uint64_t total) { line.Show(bytes, total); });
}

int Backup(BackupCommand& command) {
  command.options.bytes_per_second = command.mebibytes_per_second << 20;
  const absl::StatusOr<Manifest> made = FetchWithProgress(command.options);
  if (!made.ok()) return Fail(made.status());
  LogInfo("made a backup of controller {} in {}: {} files and {} entries, up to {}", made->controller,
          command.options.to, made->files.size(), made->entry_count, ToString(made->head));
  return 0;
}

int Verify(const std::string& directory) {
  const absl::StatusOr<Manifest> found = VerifyBackup(directory);
  if (!found.ok()) return Fail(found.status());
  LogInfo("{} is whole: a backup of controller {}, {} files and {} entries, up to {}", directory,
          found->controller, found->files.size(), found->entry_count, ToString(found->head));
  return 0;
}

int Restore(const RestoreOptions& options) {
  const absl::StatusOr<Restored> restored =
      RestoreBackup(options, replication::SystemClock(), replication::SystemRandom(),
                    [](const std::string& line) { LogInfo("{}", line); });
  if (!restored.ok()) return Fail(restored.status());
  LogInfo(
      "restored {}: {} zones with {} record sets, {} entries applied to the checkpoint; the log begins anew "
      "in epoch {}",
      options.data, restored->zones.zones, restored->zones.record_sets, restored->entries, restored->epoch);
  for (const stored::v1::DamagedZone& zone : restored->zones.first)
    LogWarning("zone {} is damaged, and won't be sent to nodes: {}", zone.zone_id(), zone.reason());
  LogInfo(
      "next: start it with quartet-controller run. It takes no changes, and nodes answer what they have, "
      "until you have "
      "looked at `quartet restore show` and said `quartet restore confirm`");
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Quartet's controller: takes changes over gRPC, sequences them into a log, feeds the nameserver nodes.",
      "quartet-controller");
  Options options;
  BackupCommand backup;
  RestoreOptions restore;
  app.require_subcommand(1);
  AddInit(app, options);
  AddRun(app, options);
  AddBackup(app, backup);
  AddRestore(app, restore);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (app.got_subcommand("init")) return Init(options);
  if (app.got_subcommand("backup")) return Backup(backup);
  if (app.got_subcommand("verify-backup")) return Verify(backup.verify);
  if (app.got_subcommand("restore")) return Restore(restore);
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
