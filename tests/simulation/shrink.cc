#include "tests/simulation/shrink.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace quartet::simulation {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Without words that are numbers or names.
std::string KindOf(absl::string_view finding) {
  std::string kind;
  for (const absl::string_view word : absl::StrSplit(finding, ' ')) {
    const bool varies = std::any_of(word.begin(), word.end(), [](char c) { return absl::ascii_isdigit(c); });
    // Ids of zones and changes: 14 capitals and digits.
    if (!varies && word.size() < 14) kind += std::string(word) + " ";
  }
  return kind;
}

class Shrinker {
 public:
  Shrinker(const Script& script, const std::string& finding, std::chrono::milliseconds patience)
      : end_(SteadyClock::now() + patience), shrunk_{script, finding, 0} {}

  Shrunk Run() {
    for (size_t piece = std::max<size_t>(size() / 2, 1); !late(); piece = std::max<size_t>(piece / 2, 1)) {
      const bool any = LeaveOutPieces(piece);
      if (piece == 1 && !any) break;
    }
    return std::move(shrunk_);
  }

 private:
  size_t size() const { return shrunk_.script.actions.size(); }
  bool late() const { return SteadyClock::now() >= end_; }

  // From the end: what comes last matters least to what comes before.
  bool LeaveOutPieces(size_t piece) {
    bool any = false;
    for (size_t end = size(); end > 0 && !late();) {
      const size_t begin = end > piece ? end - piece : 0;
      any = LeaveOut(begin, std::min(end, size())) || any;
      end = std::min(begin, size());
    }
    return any;
  }

  bool LeaveOut(size_t begin, size_t end) {
    Script candidate = shrunk_.script;
    candidate.actions.erase(candidate.actions.begin() + static_cast<long>(begin),
                            candidate.actions.begin() + static_cast<long>(end));
    RunOptions options;
    options.seed = candidate.seed;
    options.mutation = candidate.mutation;
    options.actions = candidate.actions;
    const RunResult result = simulation::RunOnce(options);
    ++shrunk_.runs;
    if (!result.finding.has_value() || !SameKind(*result.finding, shrunk_.finding)) return false;
    // It may fail before all of them are done.
    candidate.actions = result.actions;
    shrunk_.script = std::move(candidate);
    shrunk_.finding = *result.finding;
    return true;
  }

  const SteadyClock::time_point end_;
  Shrunk shrunk_;
};

}  // namespace

bool SameKind(const std::string& a, const std::string& b) { return KindOf(a) == KindOf(b); }

Shrunk Shrink(const Script& script, const std::string& finding, std::chrono::milliseconds patience) {
  return Shrinker(script, finding, patience).Run();
}

}  // namespace quartet::simulation
