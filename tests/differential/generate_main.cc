// differential_generate: zone files of random worlds, and questions about them.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/differential/question_generator.h"
#include "tests/differential/zone_generator.h"

namespace quartet::differential {
namespace {

// FOLDER/zones.txt has a line "APEX FILE" for each zone, FOLDER/questions.txt the questions.
void Write(const std::string& folder, uint64_t seed, size_t worlds, size_t questions) {
  std::ofstream zones(folder + "/zones.txt");
  std::ofstream asked(folder + "/questions.txt");
  for (size_t world = 0; world < worlds; ++world) {
    Dice dice(seed * 1'000'003 + world);
    const WorldText text = MakeWorld(dice);
    for (size_t i = 0; i < text.zones.size(); ++i) {
      const ZoneText& zone = text.zones[i];
      const std::string path = absl::StrCat(folder, "/", world, "-", i, ".zone");
      const std::string base = BaseOf(world).ToString();
      zones << (zone.apex == "@" ? base : absl::StrCat(zone.apex, ".", base)) << " " << path << "\n";
      std::ofstream file(path);
      file << "$ORIGIN " << base << "\n";
      for (const std::string& line : zone.lines) file << line << "\n";
    }
    for (const Question& question : MakeQuestions(world, text, questions, dice))
      asked << question.ToLine() << "\n";
  }
}

}  // namespace
}  // namespace quartet::differential

int main(int argc, char** argv) {
  CLI::App app("Makes random zones and questions about them for the differential test.");
  uint64_t seed = 1;
  size_t worlds = 300;
  size_t questions = 60;
  std::string folder;
  app.add_option("--seed", seed);
  app.add_option("--worlds", worlds, "each with one zone or some");
  app.add_option("--questions", questions, "of each world");
  app.add_option("--folder", folder, "where the files go")->required();
  app.footer("example: differential_generate --seed 7 --folder /tmp/worlds");
  CLI11_PARSE(app, argc, argv);
  quartet::differential::Write(folder, seed, worlds, questions);
}
