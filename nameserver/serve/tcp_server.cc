#include "nameserver/serve/tcp_server.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"

namespace quartet::nameserver {
namespace {

// Connections accepted before those that are open get their turn again.
constexpr int kAcceptsARound = 64;
constexpr int kEvents = 64;
constexpr int64_t kOutOfDescriptorsPauseMs = 100;

int64_t NowMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

struct TcpServer::Client {
  Client(FileDescriptor descriptor, const SocketAddress& address, StreamWaker* waker, uint64_t its_token)
      : fd(std::move(descriptor)),
        source(address),
        token(its_token),
        connection(source.get(), waker, token) {}

  FileDescriptor fd;
  const SocketAddress source;
  const uint64_t token;
  TcpConnection connection;
  int64_t active_ms = 0;
  // As last measured.
  size_t buffered = 0;
  uint32_t watched = 0;
  Clients::iterator self;
};

absl::StatusOr<std::unique_ptr<TcpServer>> TcpServer::Start(std::vector<FileDescriptor> listeners,
                                                            const TcpLimits& limits,
                                                            ResponderFactory make_responder) {
  std::unique_ptr<TcpServer> server(new TcpServer(std::move(listeners), limits, std::move(make_responder)));
  absl::Status prepared = server->Prepare();
  if (!prepared.ok()) return prepared;
  server->thread_ = std::thread([raw = server.get()] { raw->Run(); });
  pthread_setname_np(server->thread_.native_handle(), "tcp");
  return server;
}

TcpServer::TcpServer(std::vector<FileDescriptor> listeners, const TcpLimits& limits,
                     ResponderFactory make_responder)
    : limits_(limits), make_responder_(std::move(make_responder)), listeners_(std::move(listeners)) {}

TcpServer::~TcpServer() { Stop(); }

void TcpServer::Stop() {
  if (!thread_.joinable()) return;
  QUARTET_CHECK(eventfd_write(stop_event_.get(), 1) == 0);
  thread_.join();
  clients_.clear();
  listeners_.clear();
}

// In epoll, listeners are known by their index, the stop event by their number, the wake event by the number behind it,
// clients by their address.
absl::Status TcpServer::Prepare() {
  epoll_ = FileDescriptor(epoll_create1(EPOLL_CLOEXEC));
  stop_event_ = FileDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event stop = {.events = EPOLLIN, .data = {.u64 = listeners_.size()}};
  wake_event_ = FileDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event wake = {.events = EPOLLIN, .data = {.u64 = listeners_.size() + 1}};
  bool ok = epoll_.valid() && stop_event_.valid() && wake_event_.valid() &&
            epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stop_event_.get(), &stop) == 0 &&
            epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_event_.get(), &wake) == 0;
  for (size_t i = 0; ok && i < listeners_.size(); ++i) {
    epoll_event event = {.events = EPOLLIN, .data = {.u64 = i}};
    ok = epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listeners_[i].get(), &event) == 0;
  }
  if (ok) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("can't serve TCP: ", std::strerror(errno), "; raise the limit of open files (ulimit -n)"));
}

void TcpServer::Run() {
  const std::unique_ptr<Responder> responder = make_responder_();
  while (Round(*responder)) {
  }
}

bool TcpServer::Round(Responder& responder) {
  epoll_event ready[kEvents];
  const int n = epoll_wait(epoll_.get(), ready, kEvents, WaitMillis());
  now_ms_ = NowMillis();
  // Clients before listeners and expiry: those may close clients, and an event of a closed one would dangle.
  bool woken = false;
  for (int i = 0; i < n; ++i) {
    if (ready[i].data.u64 == listeners_.size()) return false;
    if (ready[i].data.u64 == listeners_.size() + 1) woken = true;
    if (ready[i].data.u64 <= listeners_.size() + 1) continue;
    Client& client = *static_cast<Client*>(ready[i].data.ptr);
    // Nothing is read of a connection that waits for a zone; that it is gone shows all the same.
    if (client.connection.waiting() && (ready[i].events & (EPOLLERR | EPOLLHUP)) != 0) {
      Close(client.self);
    } else {
      Serve(client, (ready[i].events & ~EPOLLOUT) != 0, responder);
    }
  }
  if (woken) ResumeWoken(responder);
  Expire();
  for (int i = 0; i < n; ++i) {
    if (ready[i].data.u64 < listeners_.size()) AcceptFrom(listeners_[ready[i].data.u64].get());
  }
  return true;
}

void TcpServer::Wake(uint64_t token, bool may_park) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    woken_.push_back({token, may_park});
  }
  eventfd_write(wake_event_.get(), 1);
}

void TcpServer::ResumeWoken(Responder& responder) {
  eventfd_t ignored;
  eventfd_read(wake_event_.get(), &ignored);
  std::vector<Woken> woken;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    woken.swap(woken_);
  }
  for (const Woken& one : woken) {
    const auto found = by_token_.find(one.token);
    // Closed meanwhile.
    if (found == by_token_.end() || !found->second->connection.waiting()) continue;
    found->second->connection.Resume(one.may_park);
    Serve(*found->second, false, responder);
  }
}

int64_t TcpServer::IdleMillis() const {
  return clients_.size() > limits_.connections / 4 * 3 ? limits_.idle_under_pressure_ms : limits_.idle_ms;
}

int TcpServer::WaitMillis() const {
  constexpr int64_t kForever = INT32_MAX;
  int64_t wait = kForever;
  if (!clients_.empty()) wait = clients_.front().active_ms + IdleMillis() - now_ms_;
  if (accept_again_ms_ != 0) wait = std::min(wait, accept_again_ms_ - now_ms_);
  if (wait == kForever) return -1;
  return static_cast<int>(std::clamp<int64_t>(wait, 0, kForever - 1));
}

void TcpServer::Expire() {
  while (!clients_.empty() && clients_.front().active_ms + IdleMillis() <= now_ms_) {
    Shed(clients_.begin(), ShedReason::kIdle);
  }
  if (buffered_ > limits_.buffered_bytes) ShedHolders();
  if (accept_again_ms_ != 0 && accept_again_ms_ <= now_ms_) WatchListeners(true);
}

void TcpServer::Shed(Clients::iterator client, ShedReason why) {
  counters_.CountShed(why);
  Close(client);
}

void TcpServer::ShedHolders() {
  for (auto client = clients_.begin(); client != clients_.end() && buffered_ > limits_.buffered_bytes;) {
    const auto holder = client++;
    if (holder->buffered > TcpConnection::kIdleBytes) Shed(holder, ShedReason::kMemory);
  }
}

void TcpServer::MeasureBuffers(Client& client) {
  buffered_ -= client.buffered;
  client.buffered = client.connection.buffered();
  buffered_ += client.buffered;
}

// A listener that can't be accepted from would be ready for ever and spin.
void TcpServer::WatchListeners(bool watch) {
  accept_again_ms_ = watch ? 0 : now_ms_ + kOutOfDescriptorsPauseMs;
  for (size_t i = 0; i < listeners_.size(); ++i) {
    epoll_event event = {.events = watch ? uint32_t{EPOLLIN} : 0, .data = {.u64 = i}};
    epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listeners_[i].get(), &event);
  }
}

void TcpServer::AcceptFrom(int listener) {
  for (int i = 0; i < kAcceptsARound; ++i) {
    sockaddr_storage source = {};
    socklen_t size = sizeof(source);
    FileDescriptor fd(
        accept4(listener, reinterpret_cast<sockaddr*>(&source), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.valid()) {
      Admit(std::move(fd), SocketAddress::FromKernel(source));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      if (!clients_.empty()) Shed(clients_.begin(), ShedReason::kDescriptors);
      WatchListeners(false);
      return;
    }
    // A connection that was gone before we took it; the next one is as good.
    if (errno != ECONNABORTED && errno != EINTR) return;
  }
}

void TcpServer::Admit(FileDescriptor fd, const SocketAddress& source) {
  counters_.CountConnection();
  size_t& from_source = per_source_[source.source_key()];
  if (from_source >= limits_.connections_per_source) {
    counters_.CountShed(ShedReason::kSource);
    return;
  }
  ++from_source;
  if (clients_.size() >= limits_.connections) Shed(clients_.begin(), ShedReason::kRoom);
  clients_.emplace_back(std::move(fd), source, this, ++last_token_);
  Client& client = clients_.back();
  by_token_[client.token] = &client;
  client.self = std::prev(clients_.end());
  client.active_ms = now_ms_;
  client.watched = EPOLLIN;
  MeasureBuffers(client);
  epoll_event event = {.events = EPOLLIN, .data = {.ptr = &client}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.fd.get(), &event) != 0) {
    Shed(client.self, ShedReason::kDescriptors);
  }
}

void TcpServer::Close(Clients::iterator client) {
  const auto from_source = per_source_.find(client->source.source_key());
  QUARTET_CHECK(from_source != per_source_.end() && from_source->second > 0);
  if (--from_source->second == 0) per_source_.erase(from_source);
  buffered_ -= client->buffered;
  by_token_.erase(client->token);
  clients_.erase(client);
}

void TcpServer::Serve(Client& client, bool readable, Responder& responder) {
  const bool open = (!readable || !client.connection.wants_read() || Read(client)) && Pump(client, responder);
  if (open) {
    Watch(client);
    MeasureBuffers(client);
  } else {
    Close(client.self);
  }
}

bool TcpServer::Read(Client& client) {
  const std::span<uint8_t> room = client.connection.Room();
  const ssize_t n = recv(client.fd.get(), room.data(), room.size(), 0);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) {
    client.connection.PeerFinished();
  } else {
    client.connection.Received(static_cast<size_t>(n));
  }
  return true;
}

bool TcpServer::Pump(Client& client, Responder& responder) {
  while (true) {
    if (!SendUnsent(client)) return false;
    if (client.connection.has_unsent()) return true;
    const std::span<const uint8_t> answers = client.connection.Answer(responder, space_, counters_);
    if (answers.empty()) return !client.connection.done();
    ssize_t n = send(client.fd.get(), answers.data(), answers.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    n = std::max<ssize_t>(n, 0);
    if (static_cast<size_t>(n) < answers.size())
      client.connection.Keep(answers.subspan(static_cast<size_t>(n)));
    MarkActive(client);
  }
}

bool TcpServer::SendUnsent(Client& client) {
  if (!client.connection.has_unsent()) return true;
  const std::span<const uint8_t> unsent = client.connection.unsent();
  const ssize_t n = send(client.fd.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  client.connection.Sent(static_cast<size_t>(n));
  if (!client.connection.has_unsent()) MarkActive(client);
  return true;
}

void TcpServer::Watch(Client& client) {
  uint32_t wanted = client.connection.has_unsent() ? uint32_t{EPOLLOUT} : uint32_t{EPOLLIN};
  if (client.connection.waiting() && !client.connection.has_unsent()) wanted = 0;
  if (wanted == client.watched) return;
  epoll_event event = {.events = wanted, .data = {.ptr = &client}};
  QUARTET_CHECK(epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, client.fd.get(), &event) == 0);
  client.watched = wanted;
}

void TcpServer::MarkActive(Client& client) {
  client.active_ms = now_ms_;
  clients_.splice(clients_.end(), clients_, client.self);
}

}  // namespace quartet::nameserver
