// A session with a registry over TLS.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/response.h"
#include "controller/registrar/epp/session.h"
#include "controller/registrar/epp/tls_stream.h"

namespace quartet::controller::epp {

struct Endpoint {
  std::string host;
  uint16_t port = 700;
  // What its certificate has to be of; empty: of `host`.
  std::string server_name;
  std::shared_ptr<const TlsContext> tls;
  std::chrono::milliseconds connect_within{10'000};
};

// For one thread at a time.
class Client {
 public:
  // Connects and logs in. UNAVAILABLE, DEADLINE_EXCEEDED: try again later; PERMISSION_DENIED: trying again does not help
  // (a certificate or a password is not taken).
  static absl::StatusOr<std::unique_ptr<Client>> Connect(const Endpoint& endpoint,
                                                         const Session::Options& options);

  // Blocks until it is answered. The response may refuse it; UNKNOWN: whether it was done is not known, and the client
  // has ended; UNAVAILABLE: it had ended before, and nothing was sent.
  absl::StatusOr<Response> Run(const Command& command);
  // To be called now and then while nothing is run: keeps the session alive.
  void KeepAlive();
  void LogOut();

  bool ended() const { return session_.state() == Session::State::kEnded; }
  const absl::Status& why_ended() const { return session_.why(); }

 private:
  Client(std::unique_ptr<TlsStream> stream, const Session::Options& options);
  // Sends what is to be sent, and reads until the session is no longer waiting for anything.
  void Drive();

  std::unique_ptr<TlsStream> stream_;
  Session session_;
};

}  // namespace quartet::controller::epp
