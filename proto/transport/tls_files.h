// The three PEM files every process has: the CA it trusts, its own certificate, and that one's key.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "proto/transport/identity.h"

namespace quartet::transport {

struct TlsFiles {
  std::string ca;
  std::string certificate;
  std::string key;
};

// What the files hold, found fit to be used together.
struct TlsMaterial {
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;
  // From the certificate.
  Identity identity;
};

// Reads and checks them before any connection is tried, since a handshake that fails says only "Socket
// closed". NOT_FOUND, PERMISSION_DENIED: a file can't be read; INVALID_ARGUMENT: it holds no PEM of that
// kind, the key is not the certificate's, the CA has not signed it, or it is not (or no longer) valid;
// UNAUTHENTICATED: it names no identity. The message says which file and what to do.
absl::StatusOr<TlsMaterial> LoadTls(const TlsFiles& files);

}  // namespace quartet::transport
