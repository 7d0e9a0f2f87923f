#include "replication/store/rocks_log_file.h"

#include <array>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace quartet::store {
namespace {

// RocksDB's db/log_format.h: blocks of 32 KiB; in them records with checksum (4), length (2, little-endian), type (1), bytes.
// Types from 5 to 8 have a log number (4) in the header too. What is left of a block and shorter than a header is filled up.
constexpr uint64_t kBlock = 32768;
constexpr uint64_t kHeader = 7;
constexpr uint64_t kRecyclableHeader = 11;
constexpr uint8_t kFirstRecyclable = 5;
constexpr uint8_t kLastRecyclable = 8;

std::string FaultAt(uint64_t offset, const char* what) {
  return absl::StrCat("byte ", offset, " of what was synced: ", what);
}

// Length of the record whose header this is, header included; 0: it is none.
uint64_t RecordBytes(const std::array<uint8_t, kHeader>& header) {
  const uint64_t length = header[4] | uint64_t{header[5]} << 8;
  const uint8_t type = header[6];
  if (type == 0) return 0;
  const bool recyclable = type >= kFirstRecyclable && type <= kLastRecyclable;
  return (recyclable ? kRecyclableHeader : kHeader) + length;
}

}  // namespace

std::string FaultInLogFile(const std::string& path, uint64_t bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return "it is missing or can't be read";
  file.seekg(0, std::ios::end);
  const auto there = static_cast<uint64_t>(file.tellg());
  if (there < bytes) return absl::StrCat("it ends at byte ", there, ", and ", bytes, " were synced");
  uint64_t offset = 0;
  while (offset < bytes) {
    const uint64_t left = kBlock - offset % kBlock;
    if (left < kHeader) {
      offset += left;
      continue;
    }
    std::array<uint8_t, kHeader> header{};
    file.seekg(static_cast<std::streamoff>(offset));
    if (!file.read(reinterpret_cast<char*>(header.data()), header.size()))
      return FaultAt(offset, "the file ends");
    const uint64_t record = RecordBytes(header);
    if (record == 0) return FaultAt(offset, "no record");
    if (record > left) return FaultAt(offset, "a record runs over its block");
    offset += record;
  }
  return offset == bytes ? "" : FaultAt(offset, "a record runs over its end");
}

}  // namespace quartet::store
