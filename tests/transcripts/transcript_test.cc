// Plays every transcript beside it and compares what is said, line by line.
//
// With a directory in QUARTET_TRANSCRIPTS_OUT it also writes there what was said, to be reviewed and taken
// over.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/transcripts/world.h"

namespace quartet::tests {
namespace {

namespace fs = std::filesystem;

constexpr char kFolder[] = "tests/transcripts";

std::vector<std::string> ReadLines(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

bool IsAnswer(const std::string& line) { return line.rfind("  ", 0) == 0; }
bool IsCommand(const std::string& line) { return !line.empty() && line[0] != '#' && !IsAnswer(line); }

// The transcript as it would be if all its answers were right.
std::vector<std::string> Play(const std::vector<std::string>& script) {
  World world;
  std::vector<std::string> played;
  for (const std::string& line : script) {
    if (IsAnswer(line)) continue;
    played.push_back(line);
    if (!IsCommand(line)) continue;
    for (const std::string& answer : world.Run(line)) played.push_back("  " + answer);
  }
  return played;
}

std::string Join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::vector<fs::path> Transcripts() {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class TranscriptTest : public testing::TestWithParam<fs::path> {};

TEST_P(TranscriptTest, SaysWhatIsWritten) {
  const std::vector<std::string> script = ReadLines(GetParam());
  const std::vector<std::string> played = Play(script);
  if (const char* directory = std::getenv("QUARTET_TRANSCRIPTS_OUT")) {
    std::ofstream(fs::path(directory) / GetParam().filename()) << Join(played);
  }
  EXPECT_EQ(Join(script), Join(played)) << GetParam();
  for (const std::string& line : played) EXPECT_NE(line.rfind("  ?", 0), 0u) << line;
}

INSTANTIATE_TEST_SUITE_P(All, TranscriptTest, testing::ValuesIn(Transcripts()),
                         [](const testing::TestParamInfo<fs::path>& info) {
                           return info.param.stem().string();
                         });

TEST(TranscriptsTest, AreThere) { EXPECT_GE(Transcripts().size(), 12u); }

}  // namespace
}  // namespace quartet::tests
