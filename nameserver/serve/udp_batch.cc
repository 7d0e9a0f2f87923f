#include "nameserver/serve/udp_batch.h"

#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "dns/base/check.h"

namespace quartet::nameserver {
namespace {

// An odd number of cache lines from buffer to buffer: at a power of two the heads of all would fall into one
// set of the cache and push each other out.
constexpr size_t kLine = 64;
constexpr size_t OddLines(size_t bytes) { return ((bytes + kLine - 1) / kLine | 1) * kLine; }
constexpr size_t kQueryStride = OddLines(UdpBatch::kQueryBytes);
constexpr size_t kAnswerStride = OddLines(UdpBatch::kAnswerBytes);

constexpr size_t kControlBytes = CMSG_SPACE(sizeof(in6_pktinfo));
static_assert(kControlBytes >= CMSG_SPACE(sizeof(in_pktinfo)));

union Source {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

struct alignas(cmsghdr) ControlData {
  uint8_t bytes[kControlBytes];
};

}  // namespace

void TurnAround(msghdr& message) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
      reinterpret_cast<in_pktinfo*>(CMSG_DATA(header))->ipi_ifindex = 0;
    } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
      auto* info = reinterpret_cast<in6_pktinfo*>(CMSG_DATA(header));
      if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr)) info->ipi6_ifindex = 0;
    }
  }
}

struct UdpBatch::Buffers {
  std::array<mmsghdr, kSize> in = {};
  std::array<mmsghdr, kSize> out = {};
  std::array<iovec, kSize> in_vector = {};
  std::array<iovec, kSize> out_vector = {};
  std::array<Source, kSize> sources = {};
  std::array<ControlData, kSize> control = {};
  std::array<Exchange, kSize> exchanges = {};
  alignas(kLine) std::array<uint8_t, kSize * kQueryStride> query_bytes;
  alignas(kLine) std::array<uint8_t, kSize * kAnswerStride> answer_bytes;
};

UdpBatch::UdpBatch(bool packet_info) : packet_info_(packet_info), buffers_(std::make_unique<Buffers>()) {
  Buffers& b = *buffers_;
  for (size_t i = 0; i < kSize; ++i) {
    uint8_t* const query = b.query_bytes.data() + i * kQueryStride;
    uint8_t* const answer = b.answer_bytes.data() + i * kAnswerStride;
    b.in_vector[i] = {.iov_base = query, .iov_len = kQueryBytes};
    b.in[i].msg_hdr.msg_iov = &b.in_vector[i];
    b.in[i].msg_hdr.msg_iovlen = 1;
    b.in[i].msg_hdr.msg_name = &b.sources[i];
    b.in[i].msg_hdr.msg_control = packet_info ? &b.control[i] : nullptr;
    b.out[i].msg_hdr.msg_iov = &b.out_vector[i];
    b.out[i].msg_hdr.msg_iovlen = 1;
    b.exchanges[i].query = {query, 0};
    b.exchanges[i].space = {answer, kAnswerBytes};
    b.exchanges[i].source = &b.sources[i].any;
    b.exchanges[i].received = &b.in[i].msg_hdr;
  }
  // Receive makes new again what the last one used: so, at first, all.
  received_ = kSize;
}

UdpBatch::~UdpBatch() = default;

size_t UdpBatch::Receive(int fd, int flags) {
  Buffers& b = *buffers_;
  for (size_t i = 0; i < received_; ++i) {
    b.in[i].msg_hdr.msg_namelen = sizeof(Source);
    b.in[i].msg_hdr.msg_controllen = packet_info_ ? kControlBytes : 0;
  }
  const int n = recvmmsg(fd, b.in.data(), kSize, flags, nullptr);
  received_ = n > 0 ? static_cast<size_t>(n) : 0;
  // A socket that was shut down says so by a datagram from nobody.
  while (received_ > 0 && b.in[received_ - 1].msg_hdr.msg_namelen == 0) --received_;
  for (size_t i = 0; i < received_; ++i) {
    b.exchanges[i].query = {b.exchanges[i].query.data(), b.in[i].msg_len};
    b.exchanges[i].answer_size = 0;
    b.exchanges[i].parked = false;
    b.exchanges[i].socket = fd;
  }
  return received_;
}

std::span<Exchange> UdpBatch::queries() { return {buffers_->exchanges.data(), received_}; }

size_t UdpBatch::PrepareAnswers(ServeCounters& counters) {
  Buffers& b = *buffers_;
  ignored_ = 0;
  size_t answers = 0;
  for (size_t i = 0; i < received_; ++i) {
    const Exchange& exchange = b.exchanges[i];
    if (exchange.answer_size == 0) {
      ignored_ += static_cast<size_t>(!exchange.parked);
      continue;
    }
    QUARTET_CHECK(exchange.answer_size <= kAnswerBytes && exchange.answer_size > 3);
    counters.CountResponse(exchange.space[3]);
    msghdr& out = b.out[answers].msg_hdr;
    out.msg_name = &b.sources[i];
    out.msg_namelen = b.in[i].msg_hdr.msg_namelen;
    if (packet_info_) {
      TurnAround(b.in[i].msg_hdr);
      out.msg_control = b.in[i].msg_hdr.msg_control;
      out.msg_controllen = b.in[i].msg_hdr.msg_controllen;
    }
    b.out_vector[answers] = {.iov_base = exchange.space.data(), .iov_len = exchange.answer_size};
    ++answers;
  }
  return answers;
}

void UdpBatch::Send(int fd, ServeCounters& counters) {
  const size_t answers = PrepareAnswers(counters);
  counters.CountQueries(received_);
  if (ignored_ > 0) counters.CountIgnored(ignored_);
  size_t done = 0;
  while (done < answers) {
    const int n =
        sendmmsg(fd, buffers_->out.data() + done, static_cast<unsigned>(answers - done), MSG_DONTWAIT);
    if (n > 0) {
      done += static_cast<size_t>(n);
      continue;
    }
    if (errno == EINTR) continue;
    // A full buffer is full for the rest too; anything else (no route, port 0 as source) is this one's alone.
    const size_t dropped = errno == EAGAIN || errno == ENOBUFS ? answers - done : 1;
    counters.CountSendDrops(dropped);
    done += dropped;
  }
}

}  // namespace quartet::nameserver
