#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/bench/load_client.h"

namespace quartet::tests {
namespace {

constexpr size_t kBatch = 32;
constexpr size_t kAnswerBytes = 2048;
constexpr std::chrono::milliseconds kLost{250};

class UdpClient : public LoadClient {
 public:
  UdpClient(const sockaddr_in& server, size_t window) : window_(window), fd_(socket(AF_INET, SOCK_DGRAM, 0)) {
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

  size_t Send(LoadQueries& queries, size_t most) override {
    const size_t room = std::min({window_ - under_way_, kBatch, most});
    // Small sends would measure system calls of ours.
    if (room == 0 || (room < std::min(kBatch, most) && room < window_ / 2 && under_way_ != 0)) return 0;
    for (size_t i = 0; i < room; ++i) {
      std::string& query = queries.Next();
      send_vectors_[i] = {query.data(), query.size()};
    }
    const int n = sendmmsg(fd_, send_.data(), static_cast<unsigned>(room), 0);
    if (n <= 0) return 0;
    under_way_ += static_cast<size_t>(n);
    return static_cast<size_t>(n);
  }

  void Receive(Time now, LoadTotals& totals) override {
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

  size_t under_way() const override { return under_way_; }

 private:
  const size_t window_;
  const int fd_;
  size_t under_way_ = 0;
  Time last_ = std::chrono::steady_clock::now();
  std::array<mmsghdr, kBatch> send_ = {};
  std::array<mmsghdr, kBatch> receive_ = {};
  std::array<iovec, kBatch> send_vectors_ = {};
  std::array<iovec, kBatch> receive_vectors_ = {};
  std::array<std::array<uint8_t, kAnswerBytes>, kBatch> bytes_ = {};
};

}  // namespace

std::unique_ptr<LoadClient> MakeUdpClient(const sockaddr_in& server, size_t window) {
  return std::make_unique<UdpClient>(server, window);
}

}  // namespace quartet::tests
