// Where a standalone server keeps its replica:
//
//   DIR/lock        held by the process that uses the directory
//   DIR/zones       a database: the replica, whole
//   DIR/zones.new   one that is being made; a start finds it only if that was cut short, and removes it
//
// A replica gets its name `zones` once it is whole and synced, by one rename, so that a crash leaves the one before or none.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nameserver/serve/file_descriptor.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Not thread-safe.
class DataDirectory {
 public:
  // Made if absent (mode 0700). FAILED_PRECONDITION: another process uses it, or it holds another kind of database;
  // else what the file system says.
  static absl::StatusOr<DataDirectory> Open(const std::string& directory);

  // The replica. NOT_FOUND: there is none; else as OpenRocksStore.
  absl::StatusOr<std::unique_ptr<store::Store>> OpenReplica() const;
  // An empty store for one that is to be made, in place of one that was begun.
  absl::StatusOr<std::unique_ptr<store::Store>> BeginReplica() const;
  // It is whole and synced, and closed: takes the place of the replica, which is closed too.
  absl::Status TakeReplica() const;

 private:
  DataDirectory(std::string directory, FileDescriptor lock);
  absl::Status SyncFolder() const;

  std::string directory_;
  std::string zones_;
  std::string new_;
  FileDescriptor lock_;
};

}  // namespace quartet::nameserver
