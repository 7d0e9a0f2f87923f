#include "config/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace quartet::config {
namespace {

constexpr size_t kMostBytes = 4096;

class File {
 public:
  // Not blocked by a pipe that nobody writes to.
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status CheckReaders(const std::string& path, const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, " is no file"));
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return absl::PermissionDeniedError(absl::StrCat(path, " belongs to somebody else (user ", status.st_uid,
                                                    "), who can read it: chown it to who runs this"));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return absl::PermissionDeniedError(absl::StrCat("others can read ", path, ": chmod 600 ", path));
  return absl::OkStatus();
}

// Up to kMostBytes + 1; false: errno.
bool ReadAll(int fd, std::string& text) {
  text.resize(kMostBytes + 1);
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  text.resize(size);
  return true;
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  const File file(path);
  const auto failed = [&] {
    const absl::StatusCode code =
        errno == EACCES ? absl::StatusCode::kPermissionDenied : absl::StatusCode::kNotFound;
    return absl::Status(code, absl::StrCat(path, " can't be read: ", std::strerror(errno)));
  };
  if (file.fd() < 0) return failed();
  struct stat status = {};
  if (fstat(file.fd(), &status) != 0) return failed();
  if (absl::Status readers = CheckReaders(path, status); !readers.ok()) return readers;
  std::string text;
  if (!ReadAll(file.fd(), text)) return failed();
  absl::string_view line = text;
  if (absl::ConsumeSuffix(&line, "\n")) absl::ConsumeSuffix(&line, "\r");
  const bool one_line =
      std::none_of(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
  if (line.empty() || !one_line || text.size() > kMostBytes)
    return absl::InvalidArgumentError(absl::StrCat(path, " holds one line, the secret, and no more"));
  return std::string(line);
}

}  // namespace quartet::config
