// dns_load udp|tcp ADDRESS PORT QUERIES SECONDS WINDOW: queries as fast as they are answered.
//
// A closed loop: WINDOW queries are under way at any time, spread over eight sockets (load_client.h). QUERIES holds lines
// "name type". SECONDS 0: each query of the file once. Prints one JSON object: answers, lost, seconds, and the answers by
// response code.
#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "tests/bench/load_client.h"
#include "tests/bench/load_queries.h"

namespace quartet::tests {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kSockets = 8;

void Print(const LoadTotals& totals, double seconds) {
  std::printf("{\"answers\": %llu, \"lost\": %llu, \"seconds\": %.6f, \"rcodes\": {",
              static_cast<unsigned long long>(totals.answers), static_cast<unsigned long long>(totals.lost),
              seconds);
  const char* separator = "";
  for (size_t i = 0; i < totals.rcodes.size(); ++i) {
    if (totals.rcodes[i] == 0) continue;
    std::printf("%s\"%zu\": %llu", separator, i, static_cast<unsigned long long>(totals.rcodes[i]));
    separator = ", ";
  }
  std::printf("}}\n");
}

using Clients = std::vector<std::unique_ptr<LoadClient>>;

bool AnyUnderWay(const Clients& clients) {
  return std::any_of(clients.begin(), clients.end(), [](const auto& c) { return c->under_way() != 0; });
}

// Until `end`, or until `left` queries are sent and answered or lost.
void Load(const Clients& clients, LoadQueries& queries, Clock::time_point end, size_t left,
          LoadTotals& totals) {
  for (Clock::time_point now = Clock::now(); now < end; now = Clock::now()) {
    for (const auto& client : clients) {
      left -= client->Send(queries, left);
      client->Receive(now, totals);
    }
    if (left == 0 && !AnyUnderWay(clients)) return;
  }
}

int Run(char** arguments) {
  sockaddr_in server = {};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<uint16_t>(std::atoi(arguments[3])));
  if (inet_pton(AF_INET, arguments[2], &server.sin_addr) != 1) return 2;
  LoadQueries queries = LoadQueries::Read(arguments[4]);
  if (queries.empty()) return 2;
  const double seconds = std::atof(arguments[5]);
  const size_t window = std::max<size_t>(1, static_cast<size_t>(std::atoi(arguments[6])) / kSockets);
  const bool udp = std::strcmp(arguments[1], "udp") == 0;
  Clients clients;
  for (size_t i = 0; i < kSockets; ++i)
    clients.push_back(udp ? MakeUdpClient(server, window) : MakeTcpClient(server, window));
  const Clock::time_point start = Clock::now();
  const auto length = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  const bool once = seconds == 0;
  LoadTotals totals;
  Load(clients, queries, once ? Clock::time_point::max() : start + length,
       once ? queries.size() : std::numeric_limits<size_t>::max(), totals);
  Print(totals, std::chrono::duration<double>(Clock::now() - start).count());
  return 0;
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: dns_load udp|tcp ADDRESS PORT QUERIES SECONDS WINDOW\n");
    return 2;
  }
  return quartet::tests::Run(argv);
}
