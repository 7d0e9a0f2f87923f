// Which files zones were read from, and whether these are still the same.
//
// A file counts as the same as long as its size, its inode and the time of its last change (ctime, which nobody can set) are
// those that were looked up before it was read. Its contents are not compared: a start reads none of the files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nameserver/standalone/zone_list.h"

namespace quartet::nameserver {

// A value type.
class Sources {
 public:
  // Looks at the list, then at all its files. Errors say which file can't be looked at.
  static absl::StatusOr<Sources> Of(const std::string& list_path, const ZoneList& list);
  // What Encode made. DATA_LOSS: nothing that it made.
  static absl::StatusOr<Sources> Decode(absl::string_view bytes);
  std::string Encode() const;

  // Empty: a list of this path, and all that it names, is as it was. Else what is different, for people.
  std::string WhatChanged(const std::string& list_path) const;

 private:
  struct File {
    // Absolute.
    std::string path;
    uint64_t size;
    uint64_t inode;
    int64_t changed_ns;
    bool operator==(const File&) const = default;
  };
  static absl::StatusOr<File> Look(const std::string& path);

  // The list itself is the first.
  std::vector<File> files_;
};

}  // namespace quartet::nameserver
