// A controller's database on disk and backups of it, for tests.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/backup/maker.h"
#include "controller/backup/manifest.h"
#include "controller/backup/restore.h"
#include "gtest/gtest.h"
#include "replication/feed/test_controller.h"
#include "replication/store/rocks_store.h"
#include "replication/store/test_directory.h"

namespace quartet::controller {

// Zone "Za" (example.org., "ns1") with record set "www"; digest key 1.
class BackupTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kEpoch = uint64_t{1'700'000'000} << 24 | 5;

  BackupTest();

  // Called for each part, before it is written.
  using OnPart = std::function<void(const admin::v1::BackupPart& part)>;
  // Makes a backup in directory `name`; returns what the writer says.
  absl::StatusOr<Manifest> Backup(const std::string& name, const OnPart& on_part = {});

  absl::StatusOr<Restored> Restore(const std::string& from, const std::string& to,
                                   const std::string& controller = "");
  // The database that a restore made.
  std::unique_ptr<store::Store> OpenRestored(const std::string& name);

  std::string Path(const std::string& name) const { return directory_.Sub(name); }

  store::TestDirectory directory_;
  replication::TestClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<replication::TestController> entries_;
  std::unique_ptr<BackupMaker> maker_;
};

}  // namespace quartet::controller
