#include "nameserver/serve/udp_worker.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <utility>

#include "dns/base/check.h"

namespace quartet::nameserver {
namespace {

// Batches a stopping worker still answers from each socket's queue; bounded, since queries may go on coming.
constexpr int kLastRounds = 64;

// Whether a worker that finds nothing may sleep.
class Patience {
 public:
  explicit Patience(std::chrono::microseconds limit) : limit_(limit) {}

  // To be told after each asking whether something came. True: nothing did, for as long as it is to be asked for.
  bool MaySleep(bool came) {
    if (limit_.count() == 0) return true;
    const bool was_idle = std::exchange(idle_, !came);
    if (came) return false;
    const auto now = std::chrono::steady_clock::now();
    if (!was_idle) since_ = now;
    return now - since_ >= limit_;
  }

 private:
  const std::chrono::microseconds limit_;
  bool idle_ = false;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace

UdpWorker::UdpWorker(const std::string& name, std::vector<Socket> sockets, ResponderFactory make_responder,
                     std::chrono::microseconds busy_poll)
    : sockets_(std::move(sockets)), make_responder_(std::move(make_responder)), busy_poll_(busy_poll) {
  QUARTET_CHECK(!sockets_.empty());
  for (const Socket& socket : sockets_) batches_.emplace_back(socket.packet_info);
  thread_ = std::thread([this] { Run(); });
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

UdpWorker::~UdpWorker() { Stop(); }

void UdpWorker::Stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  // Wakes a reader for good, now and at every later read (an unconnected socket says ENOTCONN, and does it).
  for (const Socket& socket : sockets_) shutdown(socket.fd.get(), SHUT_RD);
  thread_.join();
  sockets_.clear();
}

void UdpWorker::Run() {
  const std::unique_ptr<Responder> responder = make_responder_();
  if (sockets_.size() == 1) {
    ServeOne(*responder);
  } else {
    ServeMany(*responder);
  }
  for (size_t i = 0; i < sockets_.size(); ++i) {
    for (int round = 0; round < kLastRounds && Round(i, MSG_DONTWAIT, *responder); ++round) {
    }
  }
}

bool UdpWorker::Round(size_t socket, int flags, Responder& responder) {
  UdpBatch& batch = batches_[socket];
  const int fd = sockets_[socket].fd.get();
  if (batch.Receive(fd, flags) == 0) return false;
  responder.AnswerDatagrams(batch.queries());
  batch.Send(fd, counters_);
  return true;
}

void UdpWorker::ServeOne(Responder& responder) {
  Patience patience(busy_poll_);
  bool may_sleep = true;
  while (!stopping_.load(std::memory_order_relaxed))
    may_sleep = patience.MaySleep(Round(0, may_sleep ? MSG_WAITFORONE : MSG_DONTWAIT, responder));
}

void UdpWorker::ServeMany(Responder& responder) {
  const FileDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  QUARTET_CHECK(epoll.valid());
  for (size_t i = 0; i < sockets_.size(); ++i) {
    epoll_event event = {.events = EPOLLIN, .data = {.u64 = i}};
    QUARTET_CHECK(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, sockets_[i].fd.get(), &event) == 0);
  }
  constexpr int kEvents = 16;
  epoll_event ready[kEvents];
  Patience patience(busy_poll_);
  bool may_sleep = true;
  while (!stopping_.load(std::memory_order_relaxed)) {
    const int n = epoll_wait(epoll.get(), ready, kEvents, may_sleep ? -1 : 0);
    may_sleep = patience.MaySleep(n > 0);
    for (int i = 0; i < n; ++i) Round(ready[i].data.u64, MSG_DONTWAIT, responder);
  }
}

}  // namespace quartet::nameserver
