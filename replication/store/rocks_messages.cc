#include "replication/store/rocks_messages.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <mutex>

namespace quartet::store {
namespace {

constexpr off_t kLongestFile = 1 << 20;
// A longer message is cut.
constexpr size_t kLongestMessage = 2048;

class NoMessages : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

class MessageFile : public rocksdb::Logger {
 public:
  explicit MessageFile(const std::string& directory)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), path_(directory + "/LOG") {}
  ~MessageFile() override {
    if (file_ >= 0) close(file_);
  }

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    char text[kLongestMessage];
    const std::time_t now = std::time(nullptr);
    std::tm utc = {};
    gmtime_r(&now, &utc);
    const size_t stamp = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ ", &utc);
    const int length = std::vsnprintf(text + stamp, sizeof text - stamp - 1, format, arguments);
    if (length < 0) return;
    size_t end = std::min(stamp + static_cast<size_t>(length), sizeof text - 2);
    text[end++] = '\n';
    const std::lock_guard<std::mutex> lock(mutex_);
    OpenFile();
    if (file_ >= 0) (void)!write(file_, text, end);
  }

 private:
  void OpenFile() {
    struct stat file = {};
    if (file_ >= 0 && fstat(file_, &file) == 0 && file.st_size > kLongestFile) {
      close(file_);
      file_ = -1;
      (void)std::rename(path_.c_str(), (path_ + ".old").c_str());
    }
    if (file_ < 0) file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }

  const std::string path_;
  std::mutex mutex_;
  int file_ = -1;
};

}  // namespace

std::shared_ptr<rocksdb::Logger> MakeMessageFile(const std::string& directory) {
  return std::make_shared<MessageFile>(directory);
}

std::shared_ptr<rocksdb::Logger> MakeNoMessages() { return std::make_shared<NoMessages>(); }

}  // namespace quartet::store
