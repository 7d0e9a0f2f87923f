// A gRPC server as all of ours are: mutual TLS, health and reflection services, limits.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/transport/tls_files.h"

namespace grpc {
class Service;
}

namespace quartet::transport {

// Serves from Start to its end. Thread-safe.
class Server {
 public:
  // Listens on "ADDR:PORT" or "[IPV6]:PORT" (port 0: a free one) and serves `services`, which must outlive
  // it. UNAVAILABLE: the address can't be had; says what may hold it.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const std::string& listen, const TlsMaterial& material,
                                                       const std::vector<grpc::Service*>& services);
  // Shuts down at once: open calls are cancelled.
  ~Server();

  int port() const;
  // Ends all calls; those still open after `seconds` are cancelled.
  void Shutdown(int seconds);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quartet::transport
