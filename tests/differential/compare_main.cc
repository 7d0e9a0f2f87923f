// differential_compare: asks all servers the same questions and says where their answers differ for no reason known.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/differential/comparison.h"
#include "tests/differential/exchange.h"
#include "tests/differential/judge.h"

namespace quartet::differential {
namespace {

// All zones that a server can load are loaded if there were no more for so long.
constexpr int64_t kSettledMs = 1500;
// An answer over UDP that is shorter had room for all.
constexpr size_t kNearLimit = 380;
// Missing answers in a batch by which a server has hung.
constexpr ptrdiff_t kHung = 20;
constexpr size_t kBatch = 10'000;

struct Options {
  std::string folder;
  std::vector<std::string> servers;
  // Seconds to wait until all zones are served.
  int patience = 20;
  // Differences of a kind, and kinds, that are printed with all answers.
  size_t of_kind = 2;
  size_t kinds = 20;
};

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class Run {
 public:
  explicit Run(Options options) : options_(std::move(options)), judge_(options_.of_kind, options_.kinds) {}

  absl::Status Prepare() {
    for (const std::string& text : options_.servers) {
      auto server = Server::Parse(text);
      if (!server.ok()) return server.status();
      names_.push_back(server->name);
      servers_.push_back(*std::move(server));
    }
    all_ = (1u << servers_.size()) - 1;
    std::ifstream zones(options_.folder + "/zones.txt");
    for (std::string apex, path; zones >> apex >> path;) {
      const size_t world = WorldOf(apex);
      if (worlds_.size() <= world) worlds_.resize(world + 1);
      const absl::Status added = worlds_[world].AddFile(apex, path);
      if (!added.ok()) return added;
      apexes_.emplace_back(world, *dns::Name::Parse(apex));
    }
    without_.resize(worlds_.size(), 0);
    return absl::OkStatus();
  }

  // Waits until every zone is answered by everybody. Those that are not by then are left out for that server.
  absl::Status AwaitZones() {
    std::vector<Sending> soas;
    for (const auto& [world, apex] : apexes_) {
      Question question;
      question.name = apex.ToString();
      question.type = dns::Type::kSoa;
      soas.push_back({*WireOf(question), true});
    }
    const int64_t deadline = NowMs() + options_.patience * 1000;
    int64_t changed = NowMs();
    for (std::map<std::string, size_t> before;; before = refused_) {
      const auto answers = Exchange(servers_, soas);
      if (!answers.ok()) return answers.status();
      if (FindMissing(*answers) || NowMs() > deadline) return absl::OkStatus();
      if (refused_ != before) changed = NowMs();
      // Somebody who serves some zones will not serve the others any more.
      const bool all_started = std::all_of(refused_.begin(), refused_.end(),
                                           [&](const auto& each) { return each.second < apexes_.size(); });
      if (all_started && NowMs() - changed > kSettledMs) return absl::OkStatus();
    }
  }

  absl::Status Ask() {
    std::ifstream lines(options_.folder + "/questions.txt");
    std::vector<Question> batch;
    for (std::string line; std::getline(lines, line);) {
      auto question = Question::Parse(line);
      if (!question.ok()) return question.status();
      // Some names made are too long.
      if (!NameAsked(*question).ok()) continue;
      batch.push_back(*std::move(question));
      if (batch.size() < kBatch) continue;
      const absl::Status asked = AskBatch(batch);
      if (!asked.ok()) return asked;
      batch.clear();
    }
    return AskBatch(batch);
  }

  // Lines "NAME NUMBER", then differences in full.
  void Report() {
    std::printf("zones %zu\n", apexes_.size());
    for (const auto& [name, count] : refused_) std::printf("refused %s %zu\n", name.c_str(), count);
    for (const auto& [name, question] : hung_) std::printf("hung %s %s\n", name.c_str(), question.c_str());
    judge_.Print();
  }

  bool clean() const { return judge_.clean(); }

 private:
  static size_t WorldOf(const std::string& apex) {
    const size_t at = apex.rfind(".test.");
    return std::strtoul(apex.c_str() + at - 5, nullptr, 10);
  }

  bool FindMissing(const std::vector<std::vector<Bytes>>& answers) {
    refused_.clear();
    std::fill(without_.begin(), without_.end(), 0);
    for (size_t server = 0; server < servers_.size(); ++server) {
      for (size_t i = 0; i < apexes_.size(); ++i) {
        const Reply reply = ReadReply(answers[server][i]);
        const bool served = !reply.missing && reply.rcode == dns::Rcode::kNoError && reply.authoritative &&
                            !reply.answer.empty();
        if (served) continue;
        ++refused_[names_[server]];
        without_[apexes_[i].first] |= 1u << server;
      }
    }
    return refused_.empty();
  }

  // A peer that stops answering is left out from here on; if we do, that shows as a difference.
  void FindHung(const std::vector<Case>& cases) {
    for (size_t server = kOurs + 1; server < servers_.size(); ++server) {
      // named has no answer for some classes.
      const auto missing = [&](const Case& one) {
        return one.replies[server].missing && one.question.record_class == dns::Class::kIn;
      };
      if (std::count_if(cases.begin(), cases.end(), missing) < kHung) continue;
      const auto first = std::find_if(cases.begin(), cases.end(), missing);
      hung_[names_[server]] = first->question.ToLine();
      all_ &= ~(1u << server);
    }
  }

  // What anybody truncated, or may have left something out of, is asked everybody over TCP.
  static bool NeedsWhole(const Case& one) {
    return !one.question.tcp && std::any_of(one.replies.begin(), one.replies.end(), [](const Reply& reply) {
      return reply.truncated || reply.size > kNearLimit || IsReferral(reply);
    });
  }

  absl::Status AskWhole(std::vector<Case>& cases) {
    std::vector<Sending> sendings;
    std::vector<Case*> places;
    for (Case& one : cases) {
      one.whole = one.replies;
      if (!NeedsWhole(one)) continue;
      places.push_back(&one);
      sendings.push_back({*WireOf(one.question), true});
    }
    const auto answers = Exchange(servers_, sendings);
    if (!answers.ok()) return answers.status();
    for (size_t i = 0; i < places.size(); ++i) {
      for (size_t server = 0; server < servers_.size(); ++server) {
        places[i]->whole[server] = ReadReply((*answers)[server][i]);
      }
    }
    return absl::OkStatus();
  }

  absl::Status AskBatch(const std::vector<Question>& batch) {
    std::vector<Sending> sendings;
    for (const Question& question : batch) sendings.push_back({*WireOf(question), question.tcp});
    const auto answers = Exchange(servers_, sendings);
    if (!answers.ok()) return answers.status();
    std::vector<dns::Name> names;
    for (const Question& question : batch) names.push_back(*NameAsked(question));
    std::vector<Case> cases;
    for (size_t i = 0; i < batch.size(); ++i) {
      cases.push_back(MakeCase(batch[i], names[i]));
      for (size_t server = 0; server < servers_.size(); ++server) {
        cases[i].replies.push_back(ReadReply((*answers)[server][i]));
      }
    }
    FindHung(cases);
    const absl::Status asked = AskWhole(cases);
    if (!asked.ok()) return asked;
    for (size_t i = 0; i < batch.size(); ++i)
      judge_.Take(cases[i], sendings[i].query, (*answers)[kOurs][i], all_ & ~without_[batch[i].world]);
    return absl::OkStatus();
  }

  Case MakeCase(const Question& question, const dns::Name& name) const {
    const World& world = worlds_[question.world];
    const Zone* zone = world.ZoneFor(name, question.type);
    std::vector<Step> walk;
    if (zone != nullptr) walk = Walk(*zone, name, question.type);
    return {question, name, world, zone, std::move(walk), names_, {}, {}};
  }

  const Options options_;
  std::vector<Server> servers_;
  std::vector<std::string> names_;
  unsigned all_ = 0;
  std::vector<World> worlds_;
  std::vector<std::pair<size_t, dns::Name>> apexes_;
  // By world: the servers that don't serve all of its zones.
  std::vector<unsigned> without_;
  std::map<std::string, size_t> refused_;
  // By server: the first question without an answer.
  std::map<std::string, std::string> hung_;
  Judge judge_;
};

int Main(Options options) {
  Run run(std::move(options));
  absl::Status status = run.Prepare();
  if (status.ok()) status = run.AwaitZones();
  if (status.ok()) status = run.Ask();
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    return 2;
  }
  run.Report();
  return run.clean() ? 0 : 1;
}

}  // namespace
}  // namespace quartet::differential

int main(int argc, char** argv) {
  CLI::App app("Asks all servers the same and compares.");
  quartet::differential::Options options;
  app.add_option("--folder", options.folder, "what differential_generate wrote")->required();
  app.add_option("--server", options.servers, "NAME=IPV4:PORT; ours first")->required();
  app.add_option("--patience", options.patience, "seconds until all zones are served");
  bool all = false;
  app.add_flag("--all", all, "print every difference");
  app.footer(
      "example: differential_compare --folder /tmp/worlds --server quartet=127.0.0.1:5300 "
      "nsd=127.0.0.1:5301");
  CLI11_PARSE(app, argc, argv);
  if (all) options.of_kind = options.kinds = SIZE_MAX;
  return quartet::differential::Main(std::move(options));
}
