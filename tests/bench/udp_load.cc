// udp_load ADDRESS PORT QUERIES SECONDS WINDOW: queries over UDP as fast as they are answered.
//
// A closed loop: WINDOW queries are under way at any time, spread over eight sockets, sent and received many
// per system call; one that was not answered within a quarter of a second is lost. QUERIES holds lines "name
// type". Prints one JSON object: answers, lost, seconds, and the answers by response code.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "dns/name/name.h"
#include "dns/rdata/type.h"

namespace quartet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kSockets = 8;
constexpr size_t kBatch = 32;
constexpr size_t kAnswerBytes = 2048;
constexpr std::chrono::milliseconds kLost{250};

struct Totals {
  uint64_t answers = 0;
  uint64_t lost = 0;
  std::array<uint64_t, 16> rcodes = {};
};

std::string Encode(const dns::Name& name, dns::Type type) {
  std::string query(12, '\0');
  query[5] = 1;
  query.append(reinterpret_cast<const char*>(name.wire().data()), name.wire().size());
  const auto number = static_cast<uint16_t>(type);
  query += {static_cast<char>(number >> 8), static_cast<char>(number), '\0', '\1'};
  return query;
}

std::vector<std::string> ReadQueries(const char* path) {
  std::vector<std::string> queries;
  std::ifstream file(path);
  for (std::string name, type; file >> name >> type;) {
    const auto parsed_name = dns::Name::Parse(name);
    const auto parsed_type = dns::ParseType(type);
    if (!parsed_name.ok() || !parsed_type.ok()) continue;
    queries.push_back(Encode(*parsed_name, *parsed_type));
  }
  return queries;
}

// Queries in turn, each with an id of its own.
class Source {
 public:
  explicit Source(std::vector<std::string> queries) : queries_(std::move(queries)) {}
  std::string& Next() {
    std::string& query = queries_[at_];
    if (++at_ == queries_.size()) at_ = 0;
    query[0] = static_cast<char>(id_ >> 8);
    query[1] = static_cast<char>(id_++);
    return query;
  }

 private:
  std::vector<std::string> queries_;
  size_t at_ = 0;
  uint16_t id_ = 0;
};

class Client {
 public:
  Client(const sockaddr_in& server, size_t window) : window_(window), fd_(socket(AF_INET, SOCK_DGRAM, 0)) {
    const int buffer = 4 << 20;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&server), sizeof(server)) != 0) std::abort();
    for (size_t i = 0; i < kBatch; ++i) {
      receive_vectors_[i] = {bytes_[i].data(), kAnswerBytes};
      receive_[i].msg_hdr.msg_iov = &receive_vectors_[i];
      receive_[i].msg_hdr.msg_iovlen = 1;
      send_[i].msg_hdr.msg_iov = &send_vectors_[i];
      send_[i].msg_hdr.msg_iovlen = 1;
    }
  }

  void Send(Source& source) {
    const size_t room = std::min(window_ - under_way_, kBatch);
    // Small sends would measure system calls of ours.
    if (room == 0 || (room < kBatch && room < window_ / 2 && under_way_ != 0)) return;
    for (size_t i = 0; i < room; ++i) {
      std::string& query = source.Next();
      send_vectors_[i] = {query.data(), query.size()};
    }
    const int n = sendmmsg(fd_, send_.data(), static_cast<unsigned>(room), 0);
    if (n > 0) under_way_ += static_cast<size_t>(n);
  }

  void Receive(Clock::time_point now, Totals& totals) {
    const int n = recvmmsg(fd_, receive_.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (n <= 0) {
      if (under_way_ != 0 && now - last_ > kLost) {
        totals.lost += under_way_;
        under_way_ = 0;
        last_ = now;
      }
      return;
    }
    last_ = now;
    const auto count = static_cast<size_t>(n);
    under_way_ -= std::min(under_way_, count);
    totals.answers += count;
    for (size_t i = 0; i < count; ++i) ++totals.rcodes[bytes_[i][3] & 0xf];
  }

 private:
  const size_t window_;
  const int fd_;
  size_t under_way_ = 0;
  Clock::time_point last_ = Clock::now();
  std::array<mmsghdr, kBatch> send_ = {};
  std::array<mmsghdr, kBatch> receive_ = {};
  std::array<iovec, kBatch> send_vectors_ = {};
  std::array<iovec, kBatch> receive_vectors_ = {};
  std::array<std::array<uint8_t, kAnswerBytes>, kBatch> bytes_ = {};
};

void Print(const Totals& totals, double seconds) {
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

int Run(char** arguments) {
  sockaddr_in server = {};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<uint16_t>(std::atoi(arguments[2])));
  if (inet_pton(AF_INET, arguments[1], &server.sin_addr) != 1) return 2;
  std::vector<std::string> queries = ReadQueries(arguments[3]);
  if (queries.empty()) return 2;
  Source source(std::move(queries));
  const std::chrono::duration<double> length(std::atof(arguments[4]));
  const size_t window = std::max<size_t>(1, static_cast<size_t>(std::atoi(arguments[5])) / kSockets);
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < kSockets; ++i) clients.push_back(std::make_unique<Client>(server, window));
  Totals totals;
  const Clock::time_point start = Clock::now();
  Clock::time_point now = start;
  for (; now - start < length; now = Clock::now()) {
    for (const auto& client : clients) {
      client->Send(source);
      client->Receive(now, totals);
    }
  }
  Print(totals, std::chrono::duration<double>(now - start).count());
  return 0;
}

}  // namespace
}  // namespace quartet

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: udp_load ADDRESS PORT QUERIES SECONDS WINDOW\n");
    return 2;
  }
  return quartet::Run(argv);
}
