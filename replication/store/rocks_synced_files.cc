#include "replication/store/rocks_synced_files.h"

#include <fcntl.h>
#include <rocksdb/file_system.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "replication/store/rocks_directory.h"
#include "replication/store/rocks_log_file.h"

namespace quartet::store {
namespace {

namespace fs = std::filesystem;

constexpr char kNote[] = "SYNCED";
// It is written in place, whole: as long as a page, so that it needs no room on a full disk.
constexpr size_t kNoteBytes = 4096;

using Sizes = std::map<std::string, uint64_t>;

bool IsNoted(absl::string_view name) {
  return absl::EndsWith(name, ".log") || absl::StartsWith(name, "MANIFEST-");
}

// FNV-1a: against half a note, not against an enemy.
uint64_t Checksum(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char octet : text) hash = (hash ^ static_cast<uint8_t>(octet)) * 0x100000001b3;
  return hash;
}

// Lines "NAME BYTES", then "end CHECKSUM".
std::string Encode(const Sizes& sizes) {
  std::string text;
  for (const auto& [name, bytes] : sizes) absl::StrAppend(&text, name, " ", bytes, "\n");
  absl::StrAppend(&text, "end ", Checksum(text), "\n");
  return text;
}

std::optional<Sizes> Decode(absl::string_view text) {
  text = text.substr(0, text.find('\0'));
  const size_t end = text.rfind("end ");
  uint64_t checksum = 0;
  if (end == absl::string_view::npos || !absl::SimpleAtoi(text.substr(end + 4), &checksum) ||
      checksum != Checksum(text.substr(0, end))) {
    return std::nullopt;
  }
  Sizes sizes;
  for (const absl::string_view line : absl::StrSplit(text.substr(0, end), '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() != 2 || !absl::SimpleAtoi(words[1], &sizes[words[0]])) return std::nullopt;
  }
  return sizes;
}

// The note, written after every sync. Thread-safe. Failures are let pass: it then tells less.
class Note {
 public:
  explicit Note(const std::string& directory)
      // Without a slash at its end.
      : directory_(fs::path(directory + "/x").lexically_normal().parent_path()),
        file_(open((directory_ / kNote).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    // What was noted before holds until a file is removed.
    std::ifstream before(directory_ / kNote, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(before), std::istreambuf_iterator<char>()};
    if (std::optional<Sizes> sizes = Decode(text); sizes.has_value()) sizes_ = *std::move(sizes);
    Write();
  }
  ~Note() {
    if (file_ >= 0) close(file_);
  }
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;

  // The name in the directory of a file that is to be noted.
  std::optional<std::string> NameOf(const std::string& path) const {
    const fs::path normal = fs::path(path).lexically_normal();
    if (normal.parent_path() != directory_) return std::nullopt;
    std::string name = normal.filename().string();
    return IsNoted(name) ? std::optional(std::move(name)) : std::nullopt;
  }

  void Synced(const std::string& name, uint64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    uint64_t& noted = sizes_[name];
    if (bytes <= noted) return;
    noted = bytes;
    Write();
  }

  // On return the note says nothing of it any more, even after a power failure: it may be removed.
  void Forget(const std::string& name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (sizes_.erase(name) == 0) return;
    Write();
    if (file_ >= 0) fdatasync(file_);
  }

 private:
  void Write() {
    std::string text = Encode(sizes_);
    // Too many files: a note that says nothing.
    if (text.size() > kNoteBytes) text = Encode({});
    text.resize(kNoteBytes, '\0');
    if (file_ >= 0) (void)!pwrite(file_, text.data(), text.size(), 0);
  }

  const fs::path directory_;
  const int file_;
  std::mutex mutex_;
  Sizes sizes_;
};

class NotedFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  NotedFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::shared_ptr<Note> note, std::string name)
      : FSWritableFileOwnerWrapper(std::move(file)), note_(std::move(note)), name_(std::move(name)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return Appended(FSWritableFileOwnerWrapper::Append(data, options, debug), data.size());
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* debug) override {
    return Appended(FSWritableFileOwnerWrapper::Append(data, options, verification, debug), data.size());
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    const uint64_t bytes = bytes_;
    return Synced(FSWritableFileOwnerWrapper::Sync(options, debug), bytes);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    const uint64_t bytes = bytes_;
    return Synced(FSWritableFileOwnerWrapper::Fsync(options, debug), bytes);
  }

 private:
  // After a write that failed the file may end in half a record, so that nothing more is noted of it.
  rocksdb::IOStatus Appended(rocksdb::IOStatus status, size_t bytes) {
    if (status.ok()) {
      bytes_ += bytes;
    } else {
      whole_ = false;
    }
    return status;
  }
  rocksdb::IOStatus Synced(rocksdb::IOStatus status, uint64_t bytes) {
    if (status.ok() && whole_) note_->Synced(name_, bytes);
    return status;
  }

  const std::shared_ptr<Note> note_;
  const std::string name_;
  std::atomic<uint64_t> bytes_ = 0;
  std::atomic<bool> whole_ = true;
};

class NotingFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit NotingFileSystem(const std::string& directory)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), note_(std::make_shared<Note>(directory)) {}

  const char* Name() const override { return "NotingFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    std::optional<std::string> name = note_->NameOf(path);
    if (!status.ok() || !name.has_value()) return status;
    // A file made anew under an old name begins anew.
    note_->Forget(*name);
    *result = std::make_unique<NotedFile>(std::move(*result), note_, *std::move(name));
    return status;
  }

  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    if (const std::optional<std::string> name = note_->NameOf(path); name.has_value()) note_->Forget(*name);
    return FileSystemWrapper::DeleteFile(path, options, debug);
  }

 private:
  const std::shared_ptr<Note> note_;
};

// The manifest that the database will be read from, and all write-ahead logs: what must be as the note has it.
absl::Status Compare(const fs::path& directory, const Sizes& sizes) {
  std::ifstream file(directory / "CURRENT", std::ios::binary);
  const std::string current{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const auto& [name, bytes] : sizes) {
    if (!absl::EndsWith(name, ".log") && name != absl::StripSuffix(current, "\n")) continue;
    const std::string fault = FaultInLogFile((directory / name).string(), bytes);
    if (fault.empty()) continue;
    return absl::DataLossError(absl::StrCat("the database in ", directory.string(),
                                            " has lost writes that were synced; nothing was changed there: ",
                                            (directory / name).string(), ": ", fault));
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<rocksdb::Env> MakeNotingEnv(const std::string& directory) {
  return rocksdb::NewCompositeEnv(std::make_shared<NotingFileSystem>(directory));
}

absl::Status CheckSyncedFiles(const std::string& directory) {
  std::ifstream file(fs::path(directory) / kNote, std::ios::binary);
  if (!file.is_open()) return absl::OkStatus();
  // While another process writes there, files and note move.
  rocksdb::FileLock* lock = nullptr;
  const bool locked = rocksdb::Env::Default()->LockFile(directory + "/LOCK", &lock).ok();
  if (!locked && !IsReadOnlyDisk(directory)) return absl::OkStatus();
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::optional<Sizes> sizes = Decode(text);
  absl::Status status = sizes.has_value() ? Compare(directory, *sizes) : absl::OkStatus();
  if (locked) rocksdb::Env::Default()->UnlockFile(lock);
  return status;
}

}  // namespace quartet::store
