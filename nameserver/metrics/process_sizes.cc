#include "nameserver/metrics/process_sizes.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace quartet::nameserver {

uint64_t BytesIn(const std::string& folder) {
  uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end;
       file.increment(error)) {
    std::error_code gone;
    const bool regular = file->is_regular_file(gone);
    const uint64_t size = regular && !gone ? file->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t total = 0;
  uint64_t resident = 0;
  if (!(statm >> total >> resident)) return 0;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace quartet::nameserver
