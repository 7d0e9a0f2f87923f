#include "tests/sandbox_registry/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/frame.h"

namespace quartet::sandbox {
namespace {

using controller::epp::Deadline;
using controller::epp::FrameReader;
using controller::epp::TlsStream;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kHandshakeWithin(10);
constexpr std::chrono::seconds kWriteWithin(10);

// What is sent in place of a frame.
std::string Spoil(const Fault& fault, const std::string& frame) {
  if (fault.kind == Fault::Kind::kGarbage) return controller::epp::Frame("<<< no XML");
  return fault.kind == Fault::Kind::kOversized ? "\x7f\xff\xff\xff<epp" : frame;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Registry& registry,
                                                      std::shared_ptr<const controller::epp::TlsContext> tls,
                                                      const Options& options) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  inet_pton(AF_INET, options.address.c_str(), &address.sin_addr);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, any, size) != 0 || listen(fd, 128) != 0 || getsockname(fd, any, &size) != 0) {
    const std::string why = std::strerror(errno);
    close(fd);
    return absl::UnavailableError(
        absl::StrCat("can't listen on ", options.address, ":", options.port, ": ", why));
  }
  return std::unique_ptr<Server>(new Server(registry, std::move(tls), options, fd, ntohs(address.sin_port)));
}

Server::Server(Registry& registry, std::shared_ptr<const controller::epp::TlsContext> tls,
               const Options& options, int fd, uint16_t port)
    : registry_(registry), tls_(std::move(tls)), options_(options), fd_(fd), port_(port) {
  acceptor_ = std::thread([this] { AcceptAll(); });
}

Server::~Server() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (Connection& connection : connections_) {
      if (connection.stream != nullptr) connection.stream->Close();
    }
  }
  stops_.notify_all();
  shutdown(fd_, SHUT_RDWR);
  acceptor_.join();
  for (Connection& connection : connections_) connection.thread.join();
  close(fd_);
}

void Server::AcceptAll() {
  for (;;) {
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    Reap();
    if (stopping_ || connections_.size() >= options_.most_connections) {
      close(fd);
      continue;
    }
    Connection& connection = connections_.emplace_back();
    connection.thread = std::thread([this, fd, &connection] { Serve(fd, connection); });
  }
}

// Under the mutex.
void Server::Reap() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (!it->done) {
      ++it;
      continue;
    }
    it->thread.join();
    it = connections_.erase(it);
  }
}

void Server::Serve(int fd, Connection& connection) {
  absl::StatusOr<std::unique_ptr<TlsStream>> stream =
      TlsStream::Accept(tls_, fd, Clock::now() + kHandshakeWithin);
  if (stream.ok()) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      connection.stream = stream->get();
      if (stopping_) (*stream)->Close();
    }
    Converse(**stream);
    const std::lock_guard<std::mutex> lock(mutex_);
    connection.stream = nullptr;
  }
  connection.done = true;
}

void Server::Converse(TlsStream& stream) {
  Registry::Session session(registry_);
  FrameReader frames;
  bool goes_on = Answer(stream, "greeting", [&] { return session.Greeting(); });
  while (goes_on && !session.ended()) {
    absl::StatusOr<std::optional<std::string>> message = frames.Next();
    while (message.ok() && !message->has_value()) {
      const absl::StatusOr<std::string> bytes = stream.Read(Clock::now() + options_.idle);
      if (!bytes.ok()) return;
      frames.Feed(*bytes);
      message = frames.Next();
    }
    if (!message.ok()) return;
    const std::string command = options_.faults.none() ? "" : CommandOf(**message);
    goes_on = Answer(stream, command, [&] { return session.Answer(**message); });
  }
}

bool Server::Answer(TlsStream& stream, const std::string& command,
                    const std::function<std::string()>& execute) {
  const Fault fault = options_.faults.Of(command);
  // For a test that waits until it has come to this.
  if (fault.kind != Fault::Kind::kNone) std::fprintf(stderr, "fault at %s\n", command.c_str());
  if (fault.kind == Fault::Kind::kCut) return false;
  if (fault.kind == Fault::Kind::kDelay) Wait(fault.wait);
  const std::string frame = Spoil(fault, controller::epp::Frame(execute()));
  if (fault.kind == Fault::Kind::kLate) Wait(fault.wait);
  return fault.kind != Fault::Kind::kLost && stream.Write(frame, Clock::now() + kWriteWithin).ok();
}

void Server::Wait(std::chrono::milliseconds time) {
  std::unique_lock<std::mutex> lock(mutex_);
  stops_.wait_for(lock, time, [this] { return stopping_; });
}

}  // namespace quartet::sandbox
