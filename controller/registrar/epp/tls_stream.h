// A TLS connection, as EPP wants it (RFC 5734 §9): TLS 1.2 at least, both sides with certificates.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct ssl_ctx_st;
struct ssl_st;

namespace quartet::controller::epp {

using Deadline = std::chrono::steady_clock::time_point;

// PEM files.
struct TlsIdentity {
  // Who has to have signed the peer's certificate.
  std::string ca;
  std::string certificate;
  std::string key;
};

// Settings for any number of connections. Thread-safe.
class TlsContext {
 public:
  // INVALID_ARGUMENT: a file can't be read, or the key is not the certificate's; says which.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> ForClient(const TlsIdentity& identity);
  // With a CA, clients need a certificate of it.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> ForServer(const TlsIdentity& identity);
  ~TlsContext();

  ssl_ctx_st* get() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  static absl::StatusOr<std::shared_ptr<const TlsContext>> Make(ssl_ctx_st* context,
                                                                const TlsIdentity& identity);

  ssl_ctx_st* context_;
};

// For one thread, but for Close. The process has to ignore SIGPIPE.
class TlsStream {
 public:
  // Connects, and finds the peer's certificate to be one of `server_name` (empty: of `host`). UNAVAILABLE: nobody answers
  // there, or no TLS; DEADLINE_EXCEEDED; PERMISSION_DENIED: the certificate is not the one it must be, or ours is not taken.
  static absl::StatusOr<std::unique_ptr<TlsStream>> Connect(std::shared_ptr<const TlsContext> context,
                                                            const std::string& host, uint16_t port,
                                                            const std::string& server_name,
                                                            Deadline deadline);
  // The server's side of a connection that was accepted; takes `fd`.
  static absl::StatusOr<std::unique_ptr<TlsStream>> Accept(std::shared_ptr<const TlsContext> context, int fd,
                                                           Deadline deadline);
  ~TlsStream();

  // What has come, at least a byte and at most 64 KiB. DEADLINE_EXCEEDED; UNAVAILABLE: closed or broken.
  absl::StatusOr<std::string> Read(Deadline deadline);
  // All of it. Errors as above: how much was sent is then not known.
  absl::Status Write(absl::string_view bytes, Deadline deadline);
  // Ends what other threads are waiting for in it. Thread-safe.
  void Close();

 private:
  TlsStream(std::shared_ptr<const TlsContext> context, int fd);
  absl::Status Handshake(bool client, Deadline deadline);
  absl::Status Wait(short events, Deadline deadline);
  // Waits for what an unfinished operation of TLS waits for; an error if it is for nothing.
  absl::Status WaitFor(int result, Deadline deadline);

  std::shared_ptr<const TlsContext> context_;
  int fd_;
  ssl_st* tls_;
};

}  // namespace quartet::controller::epp
