// Room on disk for what does not fit memory: texts of imports, and what is made of them until they are logged.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::controller {

class SpoolFile;

// Its files have no name: the system frees them when they are closed, whatever way the process ends. Thread-safe; must
// outlive its files.
class Spool {
 public:
  struct Limits {
    // Of all files together.
    uint64_t bytes = uint64_t{8} << 30;
    // What is left free on the disk, so that an import never takes the log's last room.
    uint64_t keep_free = uint64_t{256} << 20;
  };

  // Makes `directory` if it is not there, and removes what a crash may have left in it.
  static absl::StatusOr<std::unique_ptr<Spool>> Open(const std::string& directory, const Limits& limits);

  // An empty file.
  absl::StatusOr<std::unique_ptr<SpoolFile>> Create();

  // Bytes of all files that are open.
  uint64_t bytes() const { return bytes_; }

 private:
  friend class SpoolFile;
  Spool(std::string directory, const Limits& limits) : directory_(std::move(directory)), limits_(limits) {}
  absl::Status Take(uint64_t bytes);

  const std::string directory_;
  const Limits limits_;
  std::atomic<uint64_t> bytes_ = 0;
};

// Written at its end, then read. Not thread-safe.
class SpoolFile {
 public:
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  // RESOURCE_EXHAUSTED: the spool or the disk is full. What was appended before stays.
  absl::Status Append(absl::string_view bytes);
  // Until then some of it (256 KiB at most) is in memory, and is not read.
  absl::Status Flush();
  // Buffered bytes included.
  uint64_t size() const { return written_ + buffer_.size(); }

 private:
  friend class Spool;
  friend class SpoolReader;
  friend class SpoolText;
  SpoolFile(Spool& spool, int descriptor) : spool_(spool), descriptor_(descriptor) {}

  Spool& spool_;
  const int descriptor_;
  uint64_t written_ = 0;
  std::string buffer_;
};

// Reads a part of a file from its begin to its end. Not thread-safe; the file must outlive it. Memory: 64 KiB, or what
// is read at once.
class SpoolReader {
 public:
  SpoolReader(const SpoolFile& file, uint64_t begin, uint64_t end) : file_(&file), next_(begin), end_(end) {}

  bool AtEnd() const { return next_ == end_ && position_ == buffer_.size(); }
  // The next `count` bytes: a view until the next call. DATA_LOSS: there are fewer, or they can't be read.
  absl::StatusOr<absl::string_view> Read(size_t count);

 private:
  const SpoolFile* file_;
  uint64_t next_;
  uint64_t end_;
  std::string buffer_;
  size_t position_ = 0;
};

// All of a file as one text, by the grace of virtual memory. Not thread-safe; the file must outlive it, flushed.
class SpoolText {
 public:
  static absl::StatusOr<std::unique_ptr<SpoolText>> Of(const SpoolFile& file);
  ~SpoolText();

  absl::string_view text() const { return {data_, size_}; }
  // What lies before `offset` is not needed soon: its memory is given back. (Should it be, it is read again.)
  void Release(size_t offset);

 private:
  SpoolText(char* data, size_t size) : data_(data), size_(size) {}

  char* const data_;
  const size_t size_;
  size_t released_ = 0;
};

}  // namespace quartet::controller
