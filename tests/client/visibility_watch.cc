#include "tests/client/visibility_watch.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <utility>

#include "tests/client/txt_question.h"
#include "tests/client/udp_probe.h"

namespace quartet::tests {
namespace {

constexpr int64_t kAskAgainUs = 50'000;
// What was answered with another value is asked for again after this.
constexpr int64_t kPauseUs = 1000;
// How often it asks and looks for answers: as long as more are to be expected, and when the last answer is awaited.
constexpr int64_t kSlowTickUs = 10'000;
constexpr int64_t kTickUs = 1000;
// Questions to one server that may be without an answer.
constexpr size_t kWindow = 32;

int Connect(const std::string& address, uint16_t port) {
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1 || fd < 0 ||
      connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    std::perror(address.c_str());
    std::exit(2);
  }
  return fd;
}

}  // namespace

// Its place among the expected ones is the id of its questions.
struct VisibilityWatch::Wanted {
  std::string question;
  std::string value;
};

struct VisibilityWatch::Server {
  struct Question {
    uint16_t id;
    // Not to be asked before.
    int64_t due_us;
  };

  int fd = -1;
  std::deque<Question> to_ask;
  // When it was asked, by id.
  std::map<uint16_t, int64_t> asked;
};

VisibilityWatch::VisibilityWatch(uint16_t port) : port_(port), tick_us_(kSlowTickUs) {
  thread_ = std::thread([this] { Run(); });
}

VisibilityWatch::~VisibilityWatch() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  thread_.join();
  for (const auto& [address, server] : servers_) close(server.fd);
}

VisibilityWatch::Server& VisibilityWatch::ServerOf(const std::string& address) {
  Server& server = servers_[address];
  if (server.fd < 0) server.fd = Connect(address, port_);
  return server;
}

void VisibilityWatch::Expect(const std::vector<std::string>& addresses, const std::string& name,
                             const std::string& value) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto id = static_cast<uint16_t>(expected_.size());
  expected_.push_back({TxtQuestion(name), value});
  SetQuestionId(id, expected_.back().question);
  for (const std::string& address : addresses) ServerOf(address).to_ask.push_back({id, 0});
  missing_ += addresses.size();
}

int64_t VisibilityWatch::WaitForAll(size_t count, int64_t timeout_us) {
  const int64_t end_us = UdpProbe::NowMicros() + timeout_us;
  tick_us_ = kTickUs;
  while (UdpProbe::NowMicros() < end_us) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (expected_.size() >= count && missing_ == 0) return last_us_;
    }
    const timespec tick = {0, kTickUs * 1000};
    nanosleep(&tick, nullptr);
  }
  return 0;
}

void VisibilityWatch::Run() {
  for (;;) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stopping_) return;
      const int64_t now_us = UdpProbe::NowMicros();
      for (auto& [address, server] : servers_) {
        Take(server, now_us);
        Ask(server, now_us);
      }
    }
    const timespec tick = {0, tick_us_ * 1000};
    nanosleep(&tick, nullptr);
  }
}

void VisibilityWatch::Ask(Server& server, int64_t now_us) {
  for (auto it = server.asked.begin(); it != server.asked.end();) {
    const bool lost = now_us - it->second > kAskAgainUs;
    if (lost) server.to_ask.push_back({it->first, now_us});
    it = lost ? server.asked.erase(it) : std::next(it);
  }
  while (!server.to_ask.empty() && server.asked.size() < kWindow && server.to_ask.front().due_us <= now_us) {
    const uint16_t id = server.to_ask.front().id;
    server.to_ask.pop_front();
    const std::string& question = expected_[id].question;
    // Where the port is closed, the question is asked again later.
    (void)!send(server.fd, question.data(), question.size(), 0);
    server.asked[id] = now_us;
  }
}

void VisibilityWatch::Take(Server& server, int64_t now_us) {
  uint8_t answer[4096];
  ssize_t size = 0;
  while ((size = recv(server.fd, answer, sizeof answer, 0)) > 0) {
    if (size < 2) continue;
    const auto id = static_cast<uint16_t>(answer[0] << 8 | answer[1]);
    if (server.asked.erase(id) == 0) continue;
    if (AnswersWith(answer, static_cast<size_t>(size), expected_[id].value)) {
      --missing_;
      last_us_ = now_us;
    } else {
      server.to_ask.push_back({id, now_us + kPauseUs});
    }
  }
}

}  // namespace quartet::tests
