// gRPC's mutual TLS from checked PEM texts, and the identity of a peer.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/transport/identity.h"
#include "proto/transport/tls_files.h"

namespace grpc {
class ChannelCredentials;
class ServerContextBase;
class ServerCredentials;
}  // namespace grpc

namespace quartet::transport {

// Every client must show a certificate of the CA.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const TlsMaterial& material);

// The server must show a certificate of the CA that says quartet://controller/…: what counts is who it is,
// not the address it was reached under.
std::shared_ptr<grpc::ChannelCredentials> MakeClientCredentials(const TlsMaterial& material);

// Who is at the other end of a call. UNAUTHENTICATED: its certificate names nobody.
absl::StatusOr<Identity> PeerIdentity(const grpc::ServerContextBase& context);

}  // namespace quartet::transport
