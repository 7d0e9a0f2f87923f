#include "tests/faults/answer_reader.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

#include "tests/client/txt_answer.h"
#include "tests/client/txt_question.h"
#include "tests/faults/zone_story.h"

namespace quartet::tests {
namespace {

constexpr int kPollMs = 5;

int Connect(const std::string& address, uint16_t port) {
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1 ||
      connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    std::perror(address.c_str());
    std::exit(2);
  }
  return fd;
}

}  // namespace

AnswerReader::AnswerReader(std::vector<ReadZone> zones, const Options& options, Tally& tally)
    : zones_(std::move(zones)), options_(options), tally_(tally), fine_us_(zones_.size()) {
  const int64_t now = NowMicros();
  for (size_t zone = 0; zone < zones_.size(); ++zone) {
    for (const std::string& address : zones_[zone].nodes) {
      Node& node = nodes_[address];
      if (node.fd < 0) node = {Connect(address, options_.port), now};
      pairs_.push_back({.zone = zone, .node = &node, .address = address});
    }
  }
  // Spread over the interval.
  for (size_t i = 0; i < pairs_.size(); ++i) {
    pairs_[i].due_us =
        now + options_.interval_us * static_cast<int64_t>(i) / static_cast<int64_t>(pairs_.size());
    by_node_[pairs_[i].address][pairs_[i].zone] = &pairs_[i];
  }
  thread_ = std::thread([this] { Run(); });
}

AnswerReader::~AnswerReader() {
  stop_ = true;
  thread_.join();
  for (const auto& [address, node] : nodes_) close(node.fd);
}

void AnswerReader::SetUp(const std::string& address, bool up) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto node = nodes_.find(address);
  if (node != nodes_.end()) node->second.up_since_us = up ? NowMicros() : 0;
}

int64_t AnswerReader::DownUntil(const Node& node) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return node.up_since_us == 0 ? std::numeric_limits<int64_t>::max() : node.up_since_us;
}

bool AnswerReader::AnyUp(size_t zone) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::any_of(zones_[zone].nodes.begin(), zones_[zone].nodes.end(),
                     [this](const std::string& address) { return nodes_.at(address).up_since_us != 0; });
}

std::string AnswerReader::Where(const Pair& pair) const {
  return zones_[pair.zone].zone + " at " + pair.address;
}

void AnswerReader::Run() {
  std::vector<pollfd> sockets;
  for (const auto& [address, node] : nodes_) sockets.push_back({node.fd, POLLIN, 0});
  while (!stop_) {
    poll(sockets.data(), sockets.size(), kPollMs);
    for (auto& [address, node] : nodes_) TakeAll(address, node);
    const int64_t now = NowMicros();
    for (Pair& pair : pairs_) {
      if (pair.asked_us != 0 && now - pair.asked_us > options_.patience_us) GiveUp(pair, now);
      if (now >= pair.due_us) Ask(pair, now);
    }
    for (size_t zone = 0; zone < zones_.size(); ++zone) {
      if (fine_us_[zone] != 0 && !AnyUp(zone)) fine_us_[zone] = now;
    }
  }
}

// A question that is still open is asked again in time: a node that starts has a new socket, and lost the old ones.
void AnswerReader::Ask(Pair& pair, int64_t now_us) {
  pair.due_us = std::max(pair.due_us, now_us - options_.interval_us) + options_.interval_us;
  const int64_t insync = zones_[pair.zone].progress->insync;
  if (insync < 0) return;
  if (fine_us_[pair.zone] == 0) fine_us_[pair.zone] = now_us;
  if (pair.asked_us == 0) {
    pair.id = static_cast<uint16_t>(((pair.id & 0xff00) + 0x100) | pair.zone);
    pair.insync_when_asked = insync;
    pair.asked_us = now_us;
  }
  std::string query = TxtQuestion(std::string(kStateOwner) + "." + zones_[pair.zone].zone);
  SetQuestionId(pair.id, query);
  ++tally_.queries;
  // The first attempt may only tell that an earlier question found nobody.
  if (send(pair.node->fd, query.data(), query.size(), 0) < 0)
    (void)!send(pair.node->fd, query.data(), query.size(), 0);
}

void AnswerReader::TakeAll(const std::string& address, Node& node) {
  uint8_t bytes[4096];
  ssize_t size = 0;
  while ((size = recv(node.fd, bytes, sizeof bytes, 0)) > 0) {
    const auto& pairs = by_node_[address];
    const auto pair = pairs.find(size > 1 ? bytes[1] : 0);
    if (pair != pairs.end()) Take(*pair->second, bytes, static_cast<size_t>(size), NowMicros());
  }
}

void AnswerReader::Take(Pair& pair, const uint8_t* bytes, size_t size, int64_t now_us) {
  const std::optional<TxtAnswer> answer = ParseTxtAnswer(bytes, size);
  // One to a question that was given up may come late.
  if (pair.asked_us == 0 || (answer.has_value() && answer->id != pair.id)) return;
  pair.asked_us = 0;
  const std::optional<int64_t> number =
      answer.has_value() && answer->text.has_value() ? NumberOf(*answer->text) : std::nullopt;
  if (!number.has_value() || answer->rcode != 0 || !answer->authoritative) {
    tally_.Violation(Where(pair) + ": no good answer, rcode " +
                     (answer.has_value() ? std::to_string(answer->rcode) : "none"));
    return;
  }
  if (*number < pair.insync_when_asked) {
    tally_.Violation(Where(pair) + ": change " + std::to_string(pair.insync_when_asked) +
                     " was INSYNC, served is " + std::to_string(*number));
  }
  if (*number < pair.seen) {
    tally_.Violation(Where(pair) + ": went back from change " + std::to_string(pair.seen) + " to " +
                     std::to_string(*number));
  }
  if (*number > zones_[pair.zone].progress->sent)
    tally_.Violation(Where(pair) + ": serves change " + std::to_string(*number) + ", which nobody made");
  pair.seen = std::max(pair.seen, *number);
  ++tally_.answers;
  Answered(pair.zone, now_us);
}

void AnswerReader::GiveUp(Pair& pair, int64_t now_us) {
  if (DownUntil(*pair.node) < pair.asked_us) {
    tally_.Violation(Where(pair) + ": it lives, and has not answered for " +
                     std::to_string((now_us - pair.asked_us) / 1000) + " ms");
  }
  pair.asked_us = 0;
}

void AnswerReader::Answered(size_t zone, int64_t now_us) {
  const int64_t gap = now_us - fine_us_[zone];
  fine_us_[zone] = now_us;
  if (gap > tally_.longest_gap_us) tally_.longest_gap_us = gap;
  if (gap > options_.patience_us) {
    tally_.Violation(zones_[zone].zone + ": nobody answered for " + std::to_string(gap / 1000) +
                     " ms, and one of its nodes lived");
  }
}

}  // namespace quartet::tests
