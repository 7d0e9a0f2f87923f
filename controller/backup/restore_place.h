// Where a restore is made: beside the directory that it becomes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace quartet::controller {

// Not thread-safe.
class RestorePlace {
 public:
  // Makes "DATA.restoring" anew; what an interrupted restore left there is removed. FAILED_PRECONDITION: `data` is there and
  // not an empty directory, or another process restores there.
  static absl::StatusOr<std::unique_ptr<RestorePlace>> Create(const std::string& data);
  // Removes it, unless it was moved.
  ~RestorePlace();

  const std::string& path() const { return path_; }
  // RESOURCE_EXHAUSTED: less than `bytes` are free there.
  absl::Status CheckRoom(uint64_t bytes) const;
  // Gives it the name of `data`, so that it survives a crash whole. Nothing may be open in it.
  absl::Status Move();

 private:
  RestorePlace(std::string data, std::string path, int lock)
      : data_(std::move(data)), path_(std::move(path)), lock_(lock) {}

  const std::string data_;
  const std::string path_;
  // Open directory, locked.
  const int lock_;
  bool moved_ = false;
};

}  // namespace quartet::controller
