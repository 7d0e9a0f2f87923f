#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/bench/load_client.h"

namespace quartet::tests {
namespace {

constexpr std::chrono::milliseconds kLost{1000};
constexpr size_t kReceiveBytes = 64 << 10;

class TcpClient : public LoadClient {
 public:
  TcpClient(const sockaddr_in& server, size_t window) : server_(server), window_(window) { Connect(); }
  ~TcpClient() override { close(fd_); }

  size_t Send(LoadQueries& queries, size_t most) override {
    size_t sent = 0;
    while (sent < most && under_way_ < window_ && SendRest()) {
      const std::string& query = queries.Next();
      unsent_ = {static_cast<char>(query.size() >> 8), static_cast<char>(query.size())};
      unsent_ += query;
      ++under_way_;
      ++sent;
      if (!SendRest()) break;
    }
    return sent;
  }

  void Receive(Time now, LoadTotals& totals) override {
    const ssize_t n = recv(fd_, buffer_.data() + filled_, buffer_.size() - filled_, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
      if (under_way_ != 0 && now - last_ > kLost) GiveUp(now, totals);
      return;
    }
    if (n <= 0) return GiveUp(now, totals);
    last_ = now;
    filled_ += static_cast<size_t>(n);
    TakeAnswers(totals);
  }

  size_t under_way() const override { return under_way_; }

 private:
  void Connect() {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&server_), sizeof(server_)) != 0) std::abort();
  }

  // True: nothing is left to be sent.
  bool SendRest() {
    if (unsent_.empty()) return true;
    const ssize_t n = send(fd_, unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) unsent_.erase(0, static_cast<size_t>(n));
    return unsent_.empty();
  }

  void TakeAnswers(LoadTotals& totals) {
    size_t at = 0;
    while (filled_ - at >= 2) {
      const size_t length = size_t{buffer_[at]} << 8 | buffer_[at + 1];
      if (filled_ - at - 2 < length) break;
      ++totals.answers;
      if (length >= 12) ++totals.rcodes[buffer_[at + 5] & 0xf];
      under_way_ -= std::min<size_t>(under_way_, 1);
      at += 2 + length;
    }
    filled_ -= at;
    std::memmove(buffer_.data(), buffer_.data() + at, filled_);
  }

  void GiveUp(Time now, LoadTotals& totals) {
    totals.lost += under_way_;
    under_way_ = 0;
    filled_ = 0;
    unsent_.clear();
    last_ = now;
    close(fd_);
    Connect();
  }

  const sockaddr_in server_;
  const size_t window_;
  int fd_ = -1;
  size_t under_way_ = 0;
  // Of the query that is being sent, its length in front.
  std::string unsent_;
  Time last_ = std::chrono::steady_clock::now();
  // An answer that has not come whole is at its beginning. Invariant: filled_ < kReceiveBytes + 2.
  size_t filled_ = 0;
  std::array<uint8_t, 2 * kReceiveBytes + 2> buffer_ = {};
};

}  // namespace

std::unique_ptr<LoadClient> MakeTcpClient(const sockaddr_in& server, size_t window) {
  return std::make_unique<TcpClient>(server, window);
}

}  // namespace quartet::tests
