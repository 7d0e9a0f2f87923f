#include "controller/backup/maker.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/backup/entries.h"
#include "controller/backup/files.h"
#include "controller/backup/sha256.h"
#include "replication/base/log.h"
#include "replication/restore/restore_row.h"

namespace quartet::controller {
namespace {

namespace fs = std::filesystem;
using admin::v1::BackupPart;
using google::protobuf::util::TimeUtil;

// Read from the log at a time.
constexpr size_t kEntriesBytes = 512 << 10;

void WritePosition(const replication::Position& position, admin::v1::LogPosition& message) {
  message.set_epoch(position.epoch);
  message.set_index(position.index);
  message.set_chain(position.chain.data(), position.chain.size());
}

void RemoveAll(const std::string& directory) {
  std::error_code error;
  fs::remove_all(directory, error);
  if (error) LogError("{} can't be removed: {}; remove it by hand", directory, error.message());
}

absl::Status Gone() { return absl::CancelledError("whoever asked for the backup has gone"); }

}  // namespace

// One backup.
class BackupMaker::Run {
 public:
  Run(BackupMaker& maker, uint64_t bytes_per_second, const Send& send)
      : maker_(maker), bytes_per_second_(bytes_per_second), send_(send) {}
  ~Run() { RemoveAll(maker_.options_.checkpoint); }

  absl::Status Make() {
    absl::Status status = Begin();
    for (const fs::path& file : files_) {
      // They come between files too, so that little is left to be done behind the last one.
      if (status.ok()) status = SendEntries();
      if (status.ok()) status = SendFile(file);
    }
    if (status.ok()) status = SendEntries();
    return status.ok() ? End() : status;
  }

 private:
  absl::Status Begin() {
    if (maker_.options_.hold_log) held_log_ = maker_.options_.hold_log();
    const absl::StatusOr<replication::Log::Head> head = maker_.log_.ReadHead();
    if (!head.ok()) return head.status();
    last_ = head->position;
    const int64_t begin_us = maker_.clock_.WallMicros();
    if (absl::Status made = maker_.replica_.Checkpoint(maker_.options_.checkpoint); !made.ok()) return made;
    BackupPart part;
    admin::v1::BackupStart& start = *part.mutable_start();
    if (absl::Status listed = ListFiles(start); !listed.ok()) return listed;
    start.set_controller(maker_.options_.controller);
    start.set_version(maker_.options_.version);
    *start.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(begin_us);
    WritePosition(last_, *start.mutable_entries_after());
    begin_monotonic_us_ = maker_.clock_.MonotonicMicros();
    return SendPart(part, 0);
  }

  absl::Status ListFiles(admin::v1::BackupStart& start) {
    std::error_code error;
    uint64_t bytes = 0;
    for (const auto& file : fs::directory_iterator(maker_.options_.checkpoint, error)) {
      if (error || !file.is_regular_file(error)) continue;
      bytes += file.file_size(error);
      files_.push_back(file.path());
    }
    if (error) return FileError("read", maker_.options_.checkpoint, error.value());
    // The order of a directory is none.
    std::sort(files_.begin(), files_.end());
    start.set_bytes(bytes);
    return absl::OkStatus();
  }

  absl::Status SendFile(const fs::path& path) {
    absl::StatusOr<OldFile> file = OldFile::Open(path.string());
    if (!file.ok()) return file.status();
    const absl::StatusOr<uint64_t> size = file->Size();
    if (!size.ok()) return size.status();
    BackupPart part;
    part.mutable_file()->set_name(path.filename().string());
    part.mutable_file()->set_bytes(*size);
    absl::Status status = SendPart(part, 0);
    Sha256 hash;
    for (uint64_t left = *size; status.ok() && left > 0;) {
      absl::StatusOr<std::string> data = file->Read(std::min<uint64_t>(left, DataBytes()));
      if (!data.ok()) return data.status();
      if (data->empty())
        return absl::UnavailableError(absl::StrCat(path.string(), " became shorter while it was read"));
      hash.Add(*data);
      left -= data->size();
      const size_t bytes = data->size();
      part.set_data(*std::move(data));
      status = SendPart(part, bytes);
    }
    part.set_file_sha256(hash.Finish());
    return status.ok() ? SendPart(part, 0) : status;
  }

  // All that is committed by now.
  absl::Status SendEntries() {
    const absl::StatusOr<replication::Log::Head> head = maker_.log_.ReadHead();
    if (!head.ok()) return head.status();
    term_ = head->term;
    while (last_.index < head->position.index) {
      const absl::StatusOr<std::vector<replication::SealedEntry>> entries =
          maker_.log_.Read(last_.index, kEntriesBytes);
      if (absl::IsOutOfRange(entries.status())) {
        return absl::OutOfRangeError(absl::StrCat("the log was trimmed before the backup had its entries (",
                                                  entries.status().message(), "): make it faster"));
      }
      if (!entries.ok()) return entries.status();
      std::string framed;
      for (const replication::SealedEntry& entry : *entries) FrameEntry(entry.bytes, framed);
      entries_hash_.Add(framed);
      entry_count_ += entries->size();
      last_ = entries->back().position;
      BackupPart part;
      const size_t bytes = framed.size();
      part.set_entries(std::move(framed));
      if (absl::Status status = SendPart(part, bytes); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status End() {
    BackupPart part;
    admin::v1::BackupEnd& end = *part.mutable_end();
    WritePosition(last_, *end.mutable_head());
    end.set_term(term_);
    *end.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(maker_.clock_.WallMicros());
    end.set_entries(entry_count_);
    end.set_entries_sha256(entries_hash_.Finish());
    return SendPart(part, 0);
  }

  // Parts small enough for no wait to be long.
  size_t DataBytes() const {
    const size_t bytes = maker_.options_.part_bytes;
    return bytes_per_second_ == 0 ? bytes : std::min<uint64_t>(bytes, bytes_per_second_);
  }

  absl::Status SendPart(const BackupPart& part, uint64_t bytes) {
    bytes_ += bytes;
    const double seconds =
        bytes_per_second_ == 0 ? 0 : static_cast<double>(bytes_) / static_cast<double>(bytes_per_second_);
    if (!maker_.WaitUntil(begin_monotonic_us_ + static_cast<int64_t>(seconds * 1e6)))
      return absl::UnavailableError("the controller is shutting down");
    return send_(part) ? absl::OkStatus() : Gone();
  }

  BackupMaker& maker_;
  const uint64_t bytes_per_second_;
  const Send& send_;
  std::shared_ptr<void> held_log_;
  std::vector<fs::path> files_;
  // Where what was sent ends.
  replication::Position last_;
  uint64_t term_ = 0;
  uint64_t entry_count_ = 0;
  Sha256 entries_hash_;
  int64_t begin_monotonic_us_ = 0;
  uint64_t bytes_ = 0;
};

BackupMaker::BackupMaker(const replication::Log& log, const store::Store& replica, replication::Clock& clock,
                         const Options& options)
    : log_(log), replica_(replica), clock_(clock), options_(options) {
  RemoveAll(options_.checkpoint);
}

absl::Status BackupMaker::Make(const admin::v1::MakeBackupRequest& request, const Send& send) {
  if (request.bytes_per_second() != 0 && request.bytes_per_second() < kMinBytesPerSecond) {
    return absl::InvalidArgumentError(
        absl::StrCat("bytes_per_second is to be ", kMinBytesPerSecond, " at least, or 0 for no limit"));
  }
  const absl::StatusOr<std::optional<stored::v1::RestoreRow>> restore = replication::ReadRestore(replica_);
  if (!restore.ok()) return restore.status();
  if (replication::IsUnconfirmed(*restore)) return replication::UnconfirmedError(**restore);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) return absl::UnavailableError("the controller is shutting down");
    if (busy_) return absl::AbortedError("another backup is under way; there is one at a time");
    busy_ = true;
  }
  absl::Status status = Run(*this, request.bytes_per_second(), send).Make();
  const std::lock_guard<std::mutex> lock(mutex_);
  busy_ = false;
  return status;
}

bool BackupMaker::WaitUntil(int64_t monotonic_us) {
  std::unique_lock<std::mutex> lock(mutex_);
  const std::chrono::microseconds wait(std::max<int64_t>(0, monotonic_us - clock_.MonotonicMicros()));
  return !stop_.wait_for(lock, wait, [this] { return stopped_; });
}

void BackupMaker::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_all();
}

}  // namespace quartet::controller
