// crash_load: the load of the crash loop (crash_loop.py). Changes all zones at a steady rate and asks all their nodes, until it
// reads "stop"; then waits until everything is INSYNC, asks for everything once more, and prints a report, a line of JSON.
//
// Standard input: "down ADDRESS" before a node is broken, "up ADDRESS" once it is ready; "stop". Whatever must never be is a
// line on standard error that begins with VIOLATION.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/client/connection.h"
#include "tests/faults/answer_reader.h"
#include "tests/faults/final_check.h"
#include "tests/faults/tally.h"
#include "tests/faults/zone_writer.h"

namespace quartet::tests {
namespace {

struct Load {
  Connection connection;
  // "NAME,REVISION,ADDRESS,ADDRESS,…"
  std::vector<std::string> zones;
  int rate = 500;
  uint16_t port = 53;
  double settle_seconds = 60;
};

struct ZoneArgument {
  std::string name;
  uint64_t revision = 0;
  std::vector<std::string> nodes;
};

ZoneArgument ParseZone(const std::string& text) {
  ZoneArgument zone;
  std::istringstream words(text);
  std::string word;
  std::getline(words, zone.name, ',');
  std::getline(words, word, ',');
  zone.revision = std::stoull(word);
  while (std::getline(words, word, ',')) zone.nodes.push_back(word);
  return zone;
}

// Each has a channel, and so a connection, of its own for eight zones.
constexpr size_t kZonesPerChannel = 8;

class Loop {
 public:
  explicit Loop(const Load& load) : load_(load) {
    const std::string run = std::to_string(getpid()) + "-" + std::to_string(NowMicros());
    const int64_t period_us = 1'000'000 * static_cast<int64_t>(load.zones.size()) / load.rate;
    std::shared_ptr<grpc::Channel> channel;
    for (const std::string& text : load.zones) {
      ZoneArgument zone = ParseZone(text);
      if (writers_.size() % kZonesPerChannel == 0) channel = load.connection.Open();
      writers_.push_back(std::make_unique<ZoneWriter>(
          channel, ZoneWriter::Options{zone.name, zone.revision, period_us, run}, tally_));
      zones_.push_back({zone.name, &writers_.back()->progress(), std::move(zone.nodes)});
    }
    reader_ = std::make_unique<AnswerReader>(zones_, AnswerReader::Options{.port = load.port}, tally_);
  }

  // False: whoever commands it is gone.
  bool Obey() {
    std::string line;
    while (std::getline(std::cin, line)) {
      if (line == "stop") return true;
      std::istringstream words(line);
      std::string what;
      std::string address;
      words >> what >> address;
      reader_->SetUp(address, what == "up");
    }
    return false;
  }

  int64_t Settle() {
    const int64_t begin = NowMicros();
    for (const auto& writer : writers_) writer->Finish();
    const int64_t deadline = begin + static_cast<int64_t>(load_.settle_seconds * 1e6);
    for (const auto& writer : writers_) {
      while (!writer->settled() && NowMicros() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (writer->settled()) continue;
      tally_.Violation(writer->zone() + ": change " + std::to_string(writer->progress().sent) +
                       " is not INSYNC after " + std::to_string(static_cast<int>(load_.settle_seconds)) +
                       " s with everything up; INSYNC is " + std::to_string(writer->progress().insync));
    }
    return NowMicros() - begin;
  }

  int Run() {
    if (!Obey()) return 1;
    const int64_t settled_us = Settle();
    reader_.reset();
    for (const ReadZone& zone : zones_) CheckAllAnswers(zone, load_.port, tally_);
    Report(settled_us);
    return tally_.violations == 0 ? 0 : 1;
  }

 private:
  void Report(int64_t settled_us) {
    std::printf(
        "{\"sent\": %lld, \"acknowledged\": %lld, \"insync\": %lld, \"sent_again\": %lld, \"queries\": %lld, "
        "\"answers\": %lld, \"violations\": %lld, \"longest_gap_ms\": %.1f, \"settled_ms\": %.1f, "
        "\"acknowledged_ms\": %s, \"insync_ms\": %s, \"zones\": {",
        static_cast<long long>(tally_.sent), static_cast<long long>(tally_.acknowledged),
        static_cast<long long>(tally_.insync), static_cast<long long>(tally_.sent_again),
        static_cast<long long>(tally_.queries), static_cast<long long>(tally_.answers),
        static_cast<long long>(tally_.violations), static_cast<double>(tally_.longest_gap_us) / 1000,
        static_cast<double>(settled_us) / 1000, tally_.acknowledged_after.ToJson().c_str(),
        tally_.insync_after.ToJson().c_str());
    const char* comma = "";
    for (const auto& writer : writers_) {
      std::printf("%s\"%s\": %lld", comma, writer->zone().c_str(),
                  static_cast<long long>(writer->progress().acknowledged + 1));
      comma = ", ";
    }
    std::printf("}}\n");
  }

  const Load load_;
  Tally tally_;
  std::vector<std::unique_ptr<ZoneWriter>> writers_;
  std::vector<ReadZone> zones_;
  std::unique_ptr<AnswerReader> reader_;
};

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) {
  CLI::App app("Changes zones and asks their nodes, and checks every answer, while others break them.");
  quartet::tests::Load load;
  load.connection.AddOptions(app);
  app.add_option("--zone", load.zones,
                 "NAME,REVISION,ADDRESS,…: revision before the first change, addresses of its nodes")
      ->required()
      ->expected(1, 256);
  app.add_option("--rate", load.rate, "Changes a second")->capture_default_str();
  app.add_option("--port", load.port, "Of the nodes")->capture_default_str();
  app.add_option("--settle", load.settle_seconds, "Seconds until all must be INSYNC after stop")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return quartet::tests::Loop(load).Run();
}
