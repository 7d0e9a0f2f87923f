// The sandbox registry on a port: EPP over TLS (RFC 5734).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "controller/registrar/epp/tls_stream.h"
#include "tests/sandbox_registry/faults.h"
#include "tests/sandbox_registry/registry.h"

namespace quartet::sandbox {

// A thread a connection. Thread-safe.
class Server {
 public:
  struct Options {
    // 0: any free one.
    uint16_t port = 0;
    std::string address = "127.0.0.1";
    size_t most_connections = 256;
    // A client that says nothing for so long is sent away.
    std::chrono::seconds idle{600};
    Faults faults;
  };

  // The registry must outlive it. UNAVAILABLE: the port can't be had.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Registry& registry,
                                                       std::shared_ptr<const controller::epp::TlsContext> tls,
                                                       const Options& options);
  // Ends all connections, wherever they are, and waits for their threads.
  ~Server();

  uint16_t port() const { return port_; }

 private:
  struct Connection {
    std::thread thread;
    std::atomic<bool> done{false};
    // While there is one; guarded by the server's mutex.
    controller::epp::TlsStream* stream = nullptr;
  };

  Server(Registry& registry, std::shared_ptr<const controller::epp::TlsContext> tls, const Options& options,
         int fd, uint16_t port);
  void AcceptAll();
  void Serve(int fd, Connection& connection);
  void Converse(controller::epp::TlsStream& stream);
  // Executes a command and sends what it answers; with its fault, if it has one. False: the connection is to end.
  bool Answer(controller::epp::TlsStream& stream, const std::string& command,
              const std::function<std::string()>& execute);
  // Less if the server stops.
  void Wait(std::chrono::milliseconds time);
  void Reap();

  Registry& registry_;
  const std::shared_ptr<const controller::epp::TlsContext> tls_;
  const Options options_;
  const int fd_;
  const uint16_t port_;
  std::mutex mutex_;
  std::condition_variable stops_;
  bool stopping_ = false;
  std::list<Connection> connections_;
  std::thread acceptor_;
};

}  // namespace quartet::sandbox
