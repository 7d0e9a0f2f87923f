#include "tests/differential/judge.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/differential/coverage.h"
#include "tests/differential/rules.h"

namespace quartet::differential {

void Judge::Take(const Case& one, const std::vector<uint8_t>& query, const std::vector<uint8_t>& answer,
                 unsigned counted) {
  ++cases_;
  for (const absl::string_view name : ClassesOf(one)) ++classes_[std::string(name)];
  std::string difference = FaultOfOurs(one, query, answer);
  if (difference.empty()) difference = Unexplained(one, counted & ~Silent(one, counted));
  if (difference.empty()) return;
  ++unexplained_;
  ++kinds_[difference];
  if (kinds_[difference] <= of_kind_ && kinds_.size() <= most_kinds_) Describe(one, difference);
}

// Peers without an answer: there is nothing to compare with. To some classes named never has one.
unsigned Judge::Silent(const Case& one, unsigned counted) {
  unsigned silent = 0;
  if (one.question.record_class != dns::Class::kIn) return silent;
  for (size_t server = kOurs + 1; server < one.servers.size(); ++server) {
    if (!one.replies[server].missing && !one.whole[server].missing) continue;
    silent |= 1u << server;
    if ((counted >> server & 1) != 0) ++silent_[one.servers[server]];
  }
  return silent;
}

std::string Judge::Unexplained(const Case& one, unsigned counted) {
  std::string difference = DifferenceAmong(one, counted);
  for (const Rule& rule : Rules()) {
    if (difference.empty()) return "";
    const unsigned excused = rule.excused(one) & counted;
    if (excused == 0) continue;
    std::string left = DifferenceAmong(one, counted & ~excused);
    if (left == difference) continue;
    ++hits_[std::string(rule.name)];
    counted &= ~excused;
    difference = std::move(left);
  }
  return difference;
}

void Judge::Describe(const Case& one, const std::string& difference) {
  absl::StrAppend(&text_, "difference ", one.question.ToLine(), "\n  ", difference, "\n  ",
                  one.name.ToString(), " ", dns::TypeName(one.question.type), "\n");
  for (size_t i = 0; i < one.replies.size(); ++i) {
    absl::StrAppend(&text_, "  ", one.servers[i], ": ", differential::Describe(one.replies[i]));
    if (one.replies[i].truncated && !one.question.tcp) {
      absl::StrAppend(&text_, "  ", one.servers[i], " over TCP: ", differential::Describe(one.whole[i]));
    }
  }
}

void Judge::Print() const {
  std::printf("cases %zu\n", cases_);
  for (const auto& [name, count] : silent_) std::printf("silent %s %zu\n", name.c_str(), count);
  for (const auto& [name, count] : hits_) std::printf("rule %s %zu\n", name.c_str(), count);
  for (const auto& [name, count] : classes_) std::printf("class %zu %s\n", count, name.c_str());
  for (const auto& [name, count] : kinds_) std::printf("kind %zu %s\n", count, name.c_str());
  std::printf("unexplained %zu\n", unexplained_);
  std::fputs(text_.c_str(), stdout);
}

}  // namespace quartet::differential
