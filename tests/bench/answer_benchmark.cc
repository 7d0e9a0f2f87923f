// How long the engine takes for an answer, without sockets. The mix of questions is that of a busy hosting
// provider: 80 % A of hosts, 8 % MX and 3 % NS of the apex, 5 % names that don't exist, 4 % AAAA that aren't
// there.
//
// Instructions: valgrind --tool=callgrind --toggle-collect='*QueryGroup::*' answer_benchmark
// --benchmark_filter=OneLargeZone/Count, divided by 65,536.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nameserver/answer/query_group.h"
#include "nameserver/answer/test_server.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

constexpr size_t kQuestions = 1 << 16;

std::string ZoneText(size_t hosts) {
  std::string text =
      "$TTL 300\n@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\n@ 172800 NS ns1\n@ 172800 NS ns2\nns1 300 "
      "A 192.0.2.1\n"
      "ns2 A 192.0.2.2\n@ MX 10 mail\nmail A 192.0.2.3\n@ TXT \"v=spf1 -all\"\n";
  for (size_t i = 0; i < hosts; ++i) {
    absl::StrAppend(&text, "host", i, " A 10.", i >> 16, ".", (i >> 8) & 255, ".", i & 255, "\n");
  }
  return text;
}

std::string ZoneName(size_t i) {
  std::string number = std::to_string(i);
  return absl::StrCat("zone", std::string(7 - number.size(), '0'), number, ".example.");
}

// `zones` zones of the same zone file.
struct Server {
  Server(size_t zones, size_t hosts) {
    for (size_t i = 0; i < zones; ++i) {
      const dns::Name apex = NameOf(ZoneName(i));
      std::map<std::string, std::string> records;
      for (const dns::RecordSet& set : ReadZone(apex, text(hosts))) {
        records[replication::RecordKey(set.owner(), apex, set.type())] = replication::EncodeServed(set, apex);
      }
      ZoneBuilder builder(apex);
      for (const auto& [key, value] : records) {
        if (!builder.Add(key, value).ok()) std::abort();
      }
      if (!directory.Install(ZoneName(i), std::move(builder)).ok()) std::abort();
    }
    directory.Publish();
    MakeQuestions(zones, hosts);
  }

  const std::string& text(size_t hosts) {
    if (text_.empty()) text_ = ZoneText(hosts);
    return text_;
  }

  void MakeQuestions(size_t zones, size_t hosts) {
    std::mt19937 random(1);
    for (size_t i = 0; i < kQuestions; ++i) {
      const std::string zone = ZoneName(random() % zones);
      const std::string host = absl::StrCat("host", random() % hosts, ".", zone);
      const size_t kind = random() % 100;
      const bool missing = kind >= 88 && kind < 93;
      const std::string name = kind < 80 || kind >= 96 ? host
                               : missing               ? absl::StrCat("nope", random() % hosts, ".", zone)
                                                       : zone;
      const dns::Type type = kind < 80 || missing ? dns::Type::kA
                             : kind < 88          ? dns::Type::kMx
                             : kind < 96          ? dns::Type::kNs
                                                  : dns::Type::kAaaa;
      questions.push_back(MakeQuery(NameOf(name), type));
    }
  }

  Directory directory;
  std::vector<std::vector<uint8_t>> questions;
  std::string text_;
};

size_t AnswerGroup(const Server& server, size_t first, QueryGroup* group, std::span<uint8_t> out) {
  group->Clear();
  for (size_t i = 0; i < QueryGroup::kSize; ++i) group->Take(server.questions[first + i]);
  group->LookUp();
  size_t bytes = 0;
  for (size_t i = 0; i < QueryGroup::kSize; ++i) bytes += group->Respond(i, out);
  return bytes;
}

// One question an iteration, answered by itself (as over TCP) or in groups (as over UDP).
void Run(benchmark::State& state, const Server& server, bool grouped) {
  RcuThread rcu;
  const auto group = std::make_unique<QueryGroup>(server.directory, Context());
  std::vector<uint8_t> out(1232);
  size_t next = 0;
  size_t bytes = 0;
  for (auto _ : state) {
    if (!grouped) {
      bytes += Answer(server.questions[next], {}, server.directory, out);
    } else if (next % QueryGroup::kSize == 0) {
      bytes += AnswerGroup(server, next, group.get(), out);
    }
    next = (next + 1) % server.questions.size();
  }
  state.counters["response"] = static_cast<double>(bytes) / static_cast<double>(state.iterations());
}

void OneLargeZone(benchmark::State& state, bool grouped) {
  static const Server& server = *new Server(1, 100000);
  Run(state, server, grouped);
}

void ManySmallZones(benchmark::State& state, bool grouped) {
  static auto& servers = *new std::map<int64_t, std::unique_ptr<Server>>();
  std::unique_ptr<Server>& server = servers[state.range(0)];
  if (server == nullptr) server = std::make_unique<Server>(static_cast<size_t>(state.range(0)), 10);
  Run(state, *server, grouped);
}

BENCHMARK_CAPTURE(OneLargeZone, Single, false);
BENCHMARK_CAPTURE(OneLargeZone, Grouped, true);
BENCHMARK_CAPTURE(ManySmallZones, Single, false)->Arg(100000);
BENCHMARK_CAPTURE(ManySmallZones, Grouped, true)->Arg(100000);
// For counting instructions: each question once.
BENCHMARK_CAPTURE(OneLargeZone, Count, true)->Iterations(kQuestions);
BENCHMARK_CAPTURE(ManySmallZones, Count, true)->Arg(1000)->Iterations(kQuestions);

}  // namespace
}  // namespace quartet::nameserver

BENCHMARK_MAIN();
