#include "tests/differential/exchange.h"

#include <arpa/inet.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/differential/lane.h"

namespace quartet::differential {
namespace {

constexpr int kPollMs = 200;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool RunLanes(std::vector<std::unique_ptr<Lane>>& lanes) {
  for (const auto& lane : lanes) {
    if (!lane->done() && !lane->Open()) return false;
  }
  for (;;) {
    const int64_t now = NowMs();
    std::vector<pollfd> waits;
    for (const auto& lane : lanes) {
      if (lane->done()) continue;
      if (!lane->Work(now)) return false;
      if (!lane->done()) waits.push_back(lane->Interest());
    }
    if (waits.empty()) return true;
    (void)poll(waits.data(), waits.size(), kPollMs);
  }
}

}  // namespace

absl::StatusOr<Server> Server::Parse(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::ByAnyChar("=:"));
  Server server;
  uint32_t port = 0;
  in_addr address = {};
  if (parts.size() != 3 || inet_pton(AF_INET, parts[1].c_str(), &address) != 1 ||
      !absl::SimpleAtoi(parts[2], &port) || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("no server: ", text, "; wanted: NAME=IPV4:PORT"));
  }
  server.name = parts[0];
  server.address = ntohl(address.s_addr);
  server.port = static_cast<uint16_t>(port);
  return server;
}

absl::StatusOr<std::vector<std::vector<Bytes>>> Exchange(const std::vector<Server>& servers,
                                                         const std::vector<Sending>& sendings) {
  std::vector<std::vector<Bytes>> answers(servers.size(), std::vector<Bytes>(sendings.size()));
  std::vector<std::unique_ptr<Lane>> lanes;
  for (size_t i = 0; i < servers.size(); ++i) {
    auto udp = std::make_unique<UdpLane>(servers[i], sendings, answers[i]);
    auto tcp = std::make_unique<TcpLane>(servers[i], sendings, answers[i]);
    for (size_t n = 0; n < sendings.size(); ++n) {
      if (sendings[n].tcp) {
        tcp->Push(n);
      } else {
        udp->Push(n);
      }
    }
    lanes.push_back(std::move(udp));
    lanes.push_back(std::move(tcp));
  }
  if (!RunLanes(lanes)) return absl::UnavailableError("no socket to be had");
  return answers;
}

}  // namespace quartet::differential
