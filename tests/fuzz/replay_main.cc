// Runs the files of a fuzzer's corpus through the fuzzer's function, in builds without a fuzzing engine: each
// file, and what is left of it when it is cut anywhere, or at N places with --cuts=N. Fails by what the function
// does: it aborts, or a sanitizer reports.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

// Longer files are cut at so many places only.
size_t cuts = 2048;

void Run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

bool Replay(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path);
    return false;
  }
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::fprintf(stderr, "%s: %zu bytes\n", path, bytes.size());
  Run(bytes);
  const size_t step = bytes.size() / cuts + 1;
  // A string of its own for each cut, so that a read beyond it is seen.
  for (size_t size = 0; size < bytes.size(); size += step) Run(bytes.substr(0, size));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  static constexpr char kCutsOption[] = "--cuts=";
  if (argc > 1 && std::strncmp(argv[1], kCutsOption, sizeof(kCutsOption) - 1) == 0) {
    cuts = std::strtoul(argv[1] + sizeof(kCutsOption) - 1, nullptr, 10);
    ++argv;
    --argc;
  }
  if (argc < 2 || cuts == 0) {
    std::fprintf(stderr, "no corpus\n");
    return 1;
  }
  return std::all_of(argv + 1, argv + argc, Replay) ? 0 : 1;
}
