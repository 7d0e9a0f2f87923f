#include "tests/differential/lane.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace quartet::differential {
namespace {

// Few enough for any socket buffer.
constexpr size_t kUdpWindow = 48;
constexpr size_t kTcpWindow = 32;
// Before the second attempt; twice as long before each further one.
constexpr int64_t kPatienceMs = 500;
// Queries in a row without an answer by which a server is known to have hung. Above any window.
constexpr int kSilent = 60;
constexpr size_t kMaxMessage = 65535;

}  // namespace

Lane::~Lane() {
  if (fd_ >= 0) close(fd_);
}

int Lane::Connect(int type) const {
  const int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(server_.address);
  address.sin_port = htons(server_.port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS) {
    close(fd);
    return -1;
  }
  return fd;
}

Bytes Lane::Query(size_t place) const {
  Bytes query = sendings_[queue_[place]].query;
  query[0] = static_cast<uint8_t>(place >> 8);
  query[1] = static_cast<uint8_t>(place);
  return query;
}

void Lane::Settle(size_t place) {
  states_[place].under_way = false;
  states_[place].answered = true;
  --open_;
  while (first_open_ < states_.size() && states_[first_open_].answered) ++first_open_;
}

void Lane::Take(const uint8_t* message, size_t size) {
  if (size < 2) return;
  // The one place in the window that has this id.
  const size_t id = size_t{message[0]} << 8 | message[1];
  const size_t place = first_open_ + ((id - first_open_) & 0xffff);
  if (place >= next_ || states_[place].answered) return;
  silent_ = 0;
  out_[queue_[place]].assign(message, message + size);
  Settle(place);
}

void Lane::GiveUp(size_t place) {
  if (states_[place].answered) return;
  Settle(place);
  if (++silent_ < kSilent) return;
  next_ = queue_.size();
  open_ = 0;
  first_open_ = queue_.size();
}

bool UdpLane::Open() {
  states_.resize(queue_.size());
  fd_ = Connect(SOCK_DGRAM);
  return fd_ >= 0;
}

void UdpLane::Receive() {
  static uint8_t buffer[kMaxMessage];
  for (;;) {
    const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
    if (size >= 0) {
      Take(buffer, static_cast<size_t>(size));
    } else if (errno != ECONNREFUSED && errno != EINTR) {
      return;
    }
  }
}

void UdpLane::Send(size_t place, int64_t now_ms) {
  Open_& state = states_[place];
  state.under_way = true;
  state.sent_ms = now_ms;
  ++state.attempts;
  const Bytes query = Query(place);
  // One that is not sent is sent again when nothing comes.
  (void)send(fd_, query.data(), query.size(), 0);
}

void UdpLane::SendAgain(int64_t now_ms) {
  for (size_t place = first_open_; place < next_; ++place) {
    const int64_t patience = kPatienceMs << (states_[place].attempts - 1);
    if (states_[place].answered || now_ms - states_[place].sent_ms < patience) continue;
    if (states_[place].attempts == kAttempts) {
      GiveUp(place);
    } else {
      Send(place, now_ms);
    }
  }
}

bool UdpLane::Work(int64_t now_ms) {
  Receive();
  SendAgain(now_ms);
  // Open ones lie close together, so that ids stay apart.
  while (open_ < kUdpWindow && next_ < queue_.size() && next_ - first_open_ < 0x8000) {
    ++open_;
    Send(next_++, now_ms);
  }
  return true;
}

bool TcpLane::Open() {
  states_.resize(queue_.size());
  return Reconnect();
}

pollfd TcpLane::Interest() const {
  return {fd_, static_cast<int16_t>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
}

// What was under way is sent anew; the first of it can be what the server closed for.
bool TcpLane::Reconnect() {
  if (fd_ >= 0) close(fd_);
  unsent_.clear();
  received_.clear();
  for (size_t place = first_open_; place < next_; ++place) states_[place].under_way = false;
  if (first_open_ < next_ && ++states_[first_open_].attempts >= kAttempts) GiveUp(first_open_);
  fd_ = Connect(SOCK_STREAM);
  if (fd_ < 0) return false;
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return true;
}

bool TcpLane::Receive() {
  static uint8_t buffer[kMaxMessage];
  for (;;) {
    const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
    if (size == 0) return false;
    if (size < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == ENOTCONN;
    }
    received_.insert(received_.end(), buffer, buffer + size);
    size_t at = 0;
    while (received_.size() - at >= 2) {
      const size_t length = size_t{received_[at]} << 8 | received_[at + 1];
      if (received_.size() - at - 2 < length) break;
      Take(&received_[at] + 2, length);
      at += 2 + length;
    }
    received_.erase(received_.begin(), received_.begin() + static_cast<ptrdiff_t>(at));
  }
}

bool TcpLane::Flush() {
  while (!unsent_.empty()) {
    const ssize_t size = send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (size < 0) return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
    unsent_.erase(unsent_.begin(), unsent_.begin() + size);
  }
  return true;
}

void TcpLane::Fill(int64_t now_ms) {
  const auto put = [&](size_t place) {
    states_[place].under_way = true;
    states_[place].sent_ms = now_ms;
    const Bytes query = Query(place);
    unsent_.push_back(static_cast<uint8_t>(query.size() >> 8));
    unsent_.push_back(static_cast<uint8_t>(query.size()));
    unsent_.insert(unsent_.end(), query.begin(), query.end());
  };
  for (size_t place = first_open_; place < next_; ++place) {
    if (!states_[place].answered && !states_[place].under_way) put(place);
  }
  while (open_ < kTcpWindow && next_ < queue_.size()) {
    ++open_;
    put(next_++);
  }
}

bool TcpLane::Work(int64_t now_ms) {
  const bool late = first_open_ < next_ && states_[first_open_].under_way &&
                    now_ms - states_[first_open_].sent_ms > kPatienceMs << states_[first_open_].attempts;
  if ((!Receive() || late || !Flush()) && !Reconnect()) return false;
  Fill(now_ms);
  // An error shows when it is received from.
  (void)Flush();
  return true;
}

}  // namespace quartet::differential
