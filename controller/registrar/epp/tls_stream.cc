#include "controller/registrar/epp/tls_stream.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::controller::epp {
namespace {

constexpr size_t kReadBytes = 64 << 10;

std::string LastTlsError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no TLS" : reason;
}

int MillisUntil(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return left <= 0 ? 0 : static_cast<int>(std::min<int64_t>(left, 3'600'000));
}

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

void MakeNonBlocking(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

absl::StatusOr<Socket> ConnectTo(const addrinfo& address, Deadline deadline) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return absl::UnavailableError(std::strerror(errno));
  MakeNonBlocking(socket.get());
  if (connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return absl::UnavailableError(std::strerror(errno));
  pollfd poll_for{socket.get(), POLLOUT, 0};
  if (poll(&poll_for, 1, MillisUntil(deadline)) <= 0) return absl::DeadlineExceededError("no answer");
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return absl::UnavailableError(std::strerror(error));
  return socket;
}

// Tries the host's addresses one after the other.
absl::StatusOr<Socket> ConnectTo(const std::string& host, uint16_t port, Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* all = nullptr;
  if (const int error = getaddrinfo(host.c_str(), absl::StrCat(port).c_str(), &hints, &all); error != 0) {
    return absl::UnavailableError(absl::StrCat("its address can't be found: ", gai_strerror(error)));
  }
  absl::Status last = absl::UnavailableError("it has no address");
  for (const addrinfo* address = all; address != nullptr; address = address->ai_next) {
    absl::StatusOr<Socket> socket = ConnectTo(*address, deadline);
    if (socket.ok()) {
      freeaddrinfo(all);
      return socket;
    }
    last = socket.status();
  }
  freeaddrinfo(all);
  return last;
}

// RFC 5734 §9, RFC 6125: the certificate has to be of that name, or address.
bool ExpectName(SSL* tls, const std::string& name) {
  X509_VERIFY_PARAM* const verify = SSL_get0_param(tls);
  unsigned char bytes[16];
  if (inet_pton(AF_INET, name.c_str(), bytes) == 1 || inet_pton(AF_INET6, name.c_str(), bytes) == 1) {
    return X509_VERIFY_PARAM_set1_ip_asc(verify, name.c_str()) == 1;
  }
  return SSL_set_tlsext_host_name(tls, name.c_str()) == 1 &&
         X509_VERIFY_PARAM_set1_host(verify, name.c_str(), name.size()) == 1;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Make(ssl_ctx_st* made,
                                                                   const TlsIdentity& identity) {
  std::shared_ptr<const TlsContext> context(new TlsContext(made));
  SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
  SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const auto fail = [](const std::string& what, const std::string& file) {
    return absl::InvalidArgumentError(absl::StrCat(file, " is no ", what, ": ", LastTlsError()));
  };
  if (!identity.ca.empty() && SSL_CTX_load_verify_locations(made, identity.ca.c_str(), nullptr) != 1) {
    return fail("CA certificate", identity.ca);
  }
  if (!identity.certificate.empty()) {
    if (SSL_CTX_use_certificate_chain_file(made, identity.certificate.c_str()) != 1) {
      return fail("certificate", identity.certificate);
    }
    if (SSL_CTX_use_PrivateKey_file(made, identity.key.c_str(), SSL_FILETYPE_PEM) != 1) {
      return fail("key of that certificate", identity.key);
    }
  }
  return context;
}

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::ForClient(const TlsIdentity& identity) {
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return Make(context, identity);
}

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::ForServer(const TlsIdentity& identity) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  if (!identity.ca.empty())
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return Make(context, identity);
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

TlsStream::TlsStream(std::shared_ptr<const TlsContext> context, int fd)
    : context_(std::move(context)), fd_(fd), tls_(SSL_new(context_->get())) {
  SSL_set_fd(tls_, fd_);
}

TlsStream::~TlsStream() {
  // Tells the peer, without waiting for it; of a broken connection nothing may be told.
  if (SSL_get_shutdown(tls_) == 0 && SSL_is_init_finished(tls_) != 0) SSL_shutdown(tls_);
  SSL_free(tls_);
  close(fd_);
  ERR_clear_error();
}

absl::StatusOr<std::unique_ptr<TlsStream>> TlsStream::Connect(std::shared_ptr<const TlsContext> context,
                                                              const std::string& host, uint16_t port,
                                                              const std::string& server_name,
                                                              Deadline deadline) {
  const auto explain = [&](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat(host, ":", port, ": ", status.message()));
  };
  absl::StatusOr<Socket> socket = ConnectTo(host, port, deadline);
  if (!socket.ok()) return explain(socket.status());
  std::unique_ptr<TlsStream> stream(new TlsStream(std::move(context), socket->Release()));
  if (!ExpectName(stream->tls_, server_name.empty() ? host : server_name)) {
    return absl::InvalidArgumentError(absl::StrCat(server_name, " is no name of a server"));
  }
  if (absl::Status status = stream->Handshake(true, deadline); !status.ok()) return explain(status);
  return stream;
}

absl::StatusOr<std::unique_ptr<TlsStream>> TlsStream::Accept(std::shared_ptr<const TlsContext> context,
                                                             int fd, Deadline deadline) {
  MakeNonBlocking(fd);
  std::unique_ptr<TlsStream> stream(new TlsStream(std::move(context), fd));
  if (absl::Status status = stream->Handshake(false, deadline); !status.ok()) return status;
  return stream;
}

absl::Status TlsStream::Handshake(bool client, Deadline deadline) {
  for (;;) {
    const int result = client ? SSL_connect(tls_) : SSL_accept(tls_);
    if (result == 1) return absl::OkStatus();
    const long verified = SSL_get_verify_result(tls_);
    if (verified != X509_V_OK) {
      ERR_clear_error();
      return absl::PermissionDeniedError(
          absl::StrCat("its certificate is not taken: ", X509_verify_cert_error_string(verified)));
    }
    if (absl::Status status = WaitFor(result, deadline); !status.ok()) return status;
  }
}

absl::Status TlsStream::Wait(short events, Deadline deadline) {
  pollfd poll_for{fd_, events, 0};
  const int ready = poll(&poll_for, 1, MillisUntil(deadline));
  if (ready == 0) return absl::DeadlineExceededError("no answer in time");
  if (ready < 0 && errno != EINTR) return absl::UnavailableError(std::strerror(errno));
  return absl::OkStatus();
}

absl::Status TlsStream::WaitFor(int result, Deadline deadline) {
  switch (SSL_get_error(tls_, result)) {
    case SSL_ERROR_WANT_READ:
      return Wait(POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
      return Wait(POLLOUT, deadline);
    case SSL_ERROR_SSL: {
      const std::string error = LastTlsError();
      // What the peer says of our certificate.
      if (error.find("alert") != std::string::npos && error.find("certificate") != std::string::npos) {
        return absl::PermissionDeniedError(absl::StrCat("our certificate is not taken: ", error));
      }
      return absl::UnavailableError(error);
    }
    default:
      ERR_clear_error();
      return absl::UnavailableError("the connection was closed");
  }
}

absl::StatusOr<std::string> TlsStream::Read(Deadline deadline) {
  std::string bytes(kReadBytes, '\0');
  for (;;) {
    const int result = SSL_read(tls_, bytes.data(), static_cast<int>(bytes.size()));
    if (result > 0) {
      bytes.resize(static_cast<size_t>(result));
      return bytes;
    }
    if (absl::Status status = WaitFor(result, deadline); !status.ok()) return status;
  }
}

absl::Status TlsStream::Write(absl::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const int result = SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
    if (result > 0) {
      bytes.remove_prefix(static_cast<size_t>(result));
      continue;
    }
    if (absl::Status status = WaitFor(result, deadline); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void TlsStream::Close() { shutdown(fd_, SHUT_RDWR); }

}  // namespace quartet::controller::epp
