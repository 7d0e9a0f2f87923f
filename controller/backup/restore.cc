#include "controller/backup/restore.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/backup/entries.h"
#include "controller/backup/files.h"
#include "controller/backup/replay.h"
#include "controller/backup/restore_place.h"
#include "controller/backup/verify.h"
#include "quartet/stored/v1/restore.pb.h"
#include "replication/restore/new_epoch.h"
#include "replication/store/rocks_store.h"

namespace quartet::controller {
namespace {

// Room for what is written beside the copy: logs, and tables that compactions are making.
constexpr uint64_t kSpareBytes = 96 << 20;

uint64_t BytesOf(const Manifest& manifest) {
  uint64_t bytes = 0;
  for (const Manifest::File& file : manifest.files) bytes += file.contents.bytes;
  return bytes;
}

absl::Status CopyCheckpoint(const std::string& from, const Manifest& manifest, const std::string& to) {
  for (const Manifest::File& file : manifest.files) {
    absl::Status copied = CheckFile(from, absl::StrCat(kCheckpointFolder, "/", file.name), file.contents,
                                    absl::StrCat(to, "/", file.name));
    if (!copied.ok()) return copied;
  }
  return SyncDirectory(to);
}

stored::v1::RestoreRow MakeRow(const RestoreOptions& options, const Restored& restored, int64_t now_us) {
  stored::v1::RestoreRow row;
  row.set_backup(options.from);
  row.set_controller(restored.manifest.controller);
  row.set_backup_time_us(restored.manifest.end_us);
  row.set_restore_time_us(now_us);
  row.set_damaged_zones(restored.zones.damaged);
  for (const stored::v1::DamagedZone& zone : restored.zones.first) *row.add_damaged() = zone;
  return row;
}

class Restore {
 public:
  Restore(const RestoreOptions& options, const std::function<void(const std::string&)>& tell)
      : options_(options), tell_(tell) {}

  absl::StatusOr<Restored> Run(replication::Clock& clock, replication::Random& random) {
    absl::StatusOr<Manifest> manifest = OpenBackup(options_.from);
    if (!manifest.ok()) return manifest.status();
    restored_.manifest = *std::move(manifest);
    if (absl::Status named = CheckName(); !named.ok()) return named;
    absl::StatusOr<std::unique_ptr<RestorePlace>> place = RestorePlace::Create(options_.data);
    if (!place.ok()) return place.status();
    absl::Status status = Copy(**place);
    if (status.ok()) status = MakeReplica((*place)->path(), clock, random);
    if (status.ok()) status = (*place)->Move();
    if (!status.ok()) return status;
    return std::move(restored_);
  }

 private:
  absl::Status CheckName() const {
    if (options_.name.empty() || options_.name == restored_.manifest.controller) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(options_.from, " is a backup of controller ",
                                                      restored_.manifest.controller, ", not of ",
                                                      options_.name));
  }

  absl::Status Copy(const RestorePlace& place) {
    const Manifest& manifest = restored_.manifest;
    const uint64_t bytes = BytesOf(manifest);
    tell_(absl::StrCat("copying ", manifest.files.size(), " files (", (bytes >> 20) + 1, " MiB) of ",
                       options_.from));
    absl::Status status = place.CheckRoom(bytes + 2 * manifest.entries.bytes + kSpareBytes);
    // What is small is looked at first.
    if (status.ok()) status = CheckEntries(options_.from, manifest);
    if (status.ok()) status = CopyCheckpoint(options_.from, manifest, place.path());
    return status;
  }

  absl::Status MakeReplica(const std::string& path, replication::Clock& clock, replication::Random& random) {
    absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenRocksStore(path, {.create = false});
    if (!store.ok()) return store.status();
    if (absl::Status status = Replay(**store); !status.ok()) return status;
    tell_("recomputing the digests of all zones");
    absl::StatusOr<DamagedZones> zones = FindDamagedZones(**store);
    if (!zones.ok()) return zones.status();
    restored_.zones = *std::move(zones);
    const int64_t now_us = clock.WallMicros();
    restored_.epoch = replication::EpochAfter(
        restored_.manifest.head.epoch, static_cast<uint64_t>(now_us / 1'000'000), random.Next() & 0xffffff);
    return replication::BeginEpoch(**store, restored_.epoch, MakeRow(options_, restored_, now_us));
  }

  absl::Status Replay(store::Store& replica) {
    tell_(absl::StrCat("applying the entries that follow the checkpoint (", restored_.manifest.entry_count,
                       " in the backup)"));
    absl::StatusOr<OldFile> file = OldFile::Open(absl::StrCat(options_.from, "/", kEntriesFile));
    if (!file.ok()) return file.status();
    EntriesReader entries(*std::move(file), restored_.manifest.after);
    const absl::StatusOr<Replayed> replayed = ReplayEntries(replica, entries);
    if (!replayed.ok()) return replayed.status();
    restored_.entries = replayed->entries;
    if (replayed->head == restored_.manifest.head) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat("the backup ends at ", ToString(replayed->head), " instead of ",
                                            ToString(restored_.manifest.head)));
  }

  const RestoreOptions& options_;
  const std::function<void(const std::string&)>& tell_;
  Restored restored_;
};

}  // namespace

absl::StatusOr<Restored> RestoreBackup(const RestoreOptions& options, replication::Clock& clock,
                                       replication::Random& random,
                                       const std::function<void(const std::string& line)>& tell) {
  return Restore(options, tell).Run(clock, random);
}

}  // namespace quartet::controller
