#include "controller/backup/backup_fixture.h"

#include <utility>

#include "controller/backup/writer.h"

namespace quartet::controller {

using replication::TestZoneId;

BackupTest::BackupTest() {
  absl::StatusOr<std::unique_ptr<store::Store>> opened = store::OpenRocksStore(Path("data"));
  if (!opened.ok()) ADD_FAILURE() << opened.status();
  store_ = *std::move(opened);
  entries_ = std::make_unique<replication::TestController>(*store_, kEpoch);
  entries_->CreateZone(TestZoneId("Za"), "example.org.", {"ns1"});
  entries_->ChangeZone(TestZoneId("Za"), {{"www", "1"}});
  maker_ = std::make_unique<BackupMaker>(
      entries_->log(), *store_, clock_,
      BackupMaker::Options{
          .controller = "c-1", .version = "0.1", .checkpoint = Path("data") + "/backup.checkpoint"});
}

absl::StatusOr<Manifest> BackupTest::Backup(const std::string& name, const OnPart& on_part) {
  absl::StatusOr<std::unique_ptr<BackupWriter>> writer = BackupWriter::Create(Path(name));
  if (!writer.ok()) return writer.status();
  absl::Status taken;
  absl::Status made = maker_->Make({}, [&](const admin::v1::BackupPart& part) {
    if (on_part) on_part(part);
    taken = (*writer)->Take(part);
    return taken.ok();
  });
  if (!taken.ok()) return taken;
  if (!made.ok()) return made;
  return (*writer)->Finish();
}

absl::StatusOr<Restored> BackupTest::Restore(const std::string& from, const std::string& to,
                                             const std::string& controller) {
  return RestoreBackup({.from = Path(from), .data = Path(to), .name = controller}, clock_,
                       replication::SystemRandom(), [](const std::string&) {});
}

std::unique_ptr<store::Store> BackupTest::OpenRestored(const std::string& name) {
  absl::StatusOr<std::unique_ptr<store::Store>> opened = store::OpenRocksStore(Path(name), {.create = false});
  if (!opened.ok()) ADD_FAILURE() << opened.status();
  return *std::move(opened);
}

}  // namespace quartet::controller
