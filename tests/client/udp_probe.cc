#include "tests/client/udp_probe.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "tests/client/txt_question.h"

namespace quartet::tests {
namespace {

// A question that got no answer is asked again after this.
constexpr int64_t kAskAgainUs = 20'000;
// Answered with the old value: asked again at once, but not more often than this, to leave the nodes their
// cores. (Asking four nodes every 100 us takes a core of its own, and is what would be measured.)
constexpr int64_t kPauseUs = 250;

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(2);
}

}  // namespace

int64_t UdpProbe::NowMicros() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000} + now.tv_nsec / 1000;
}

UdpProbe::UdpProbe(const std::vector<Target>& targets, const std::string& name) : query_(TxtQuestion(name)) {
  for (const Target& target : targets) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(target.port);
    if (inet_pton(AF_INET, target.address.c_str(), &address.sin_addr) != 1) {
      std::fprintf(stderr, "%s is no IPv4 address\n", target.address.c_str());
      std::exit(2);
    }
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) Die("UDP socket");
    sockets_.push_back({fd, 0, 0});
  }
}

UdpProbe::~UdpProbe() {
  for (const Socket& socket : sockets_) close(socket.fd);
}

void UdpProbe::Ask(Socket& socket) {
  ++next_id_;
  SetQuestionId(next_id_, query_);
  // A refused port (node down) shows as an error here or in recv: the question is simply asked again.
  (void)!send(socket.fd, query_.data(), query_.size(), 0);
  socket.asked_us = NowMicros();
}

void UdpProbe::Take(Socket& socket, const std::string& value) {
  uint8_t answer[4096];
  ssize_t size = 0;
  while ((size = recv(socket.fd, answer, sizeof answer, 0)) > 0) {
    if (AnswersWith(answer, static_cast<size_t>(size), value)) {
      socket.answered_us = NowMicros();
      return;
    }
    socket.asked_us = NowMicros() - kAskAgainUs + kPauseUs;
  }
}

std::vector<int64_t> UdpProbe::WaitForAll(const std::string& value, int64_t timeout_us) {
  const int64_t end = NowMicros() + timeout_us;
  for (Socket& socket : sockets_) {
    socket.asked_us = 0;
    socket.answered_us = 0;
  }
  while (NowMicros() < end) {
    std::vector<pollfd> waiting;
    for (Socket& socket : sockets_) {
      if (socket.answered_us == 0) Take(socket, value);
      if (socket.answered_us != 0) continue;
      if (NowMicros() - socket.asked_us >= kAskAgainUs) Ask(socket);
      waiting.push_back({socket.fd, POLLIN, 0});
    }
    if (waiting.empty()) break;
    const timespec pause = {0, kPauseUs * 1000};
    ppoll(waiting.data(), waiting.size(), &pause, nullptr);
  }
  std::vector<int64_t> times;
  for (const Socket& socket : sockets_) times.push_back(socket.answered_us);
  return times;
}

}  // namespace quartet::tests
