#include "proto/transport/credentials.h"

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server_context.h>

#include <functional>
#include <mutex>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace quartet::transport {
namespace {

using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

// Takes a server for a controller only if its certificate, which TLS has found to be the CA's, says so.
class ControllerVerifier : public ExternalCertificateVerifier {
 public:
  bool Verify(TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    std::vector<std::string> uris;
    for (grpc::string_ref uri : request->uri_names()) uris.emplace_back(uri.data(), uri.size());
    const absl::StatusOr<Identity> identity = FindIdentity(uris);
    if (identity.ok() && identity->kind == Identity::Kind::kController) {
      *sync_status = grpc::Status::OK;
    } else {
      *sync_status =
          grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "the server's certificate is no controller's");
    }
    return true;
  }

  void Cancel(TlsCustomVerificationCheckRequest*) override {}
};

// Debian builds Abseil with its search for deadlocks: each lock that gRPC takes would be looked up in a graph of all locks, under
// one lock for the whole process, with a stack trace for each edge.
void LookForNoDeadlocks() {
  static std::once_flag once;
  std::call_once(once, [] { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); });
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const TlsMaterial& material) {
  LookForNoDeadlocks();
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = material.ca_pem;
  options.pem_key_cert_pairs.push_back({material.key_pem, material.certificate_pem});
  return grpc::SslServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> MakeClientCredentials(const TlsMaterial& material) {
  LookForNoDeadlocks();
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      material.ca_pem,
      std::vector<grpc::experimental::IdentityKeyCertPair>{{material.key_pem, material.certificate_pem}}));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  options.set_check_call_host(false);
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<ControllerVerifier>());
  return grpc::experimental::TlsCredentials(options);
}

absl::StatusOr<Identity> PeerIdentity(const grpc::ServerContextBase& context) {
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  std::vector<std::string> uris;
  if (auth && auth->IsPeerAuthenticated()) {
    for (grpc::string_ref uri : auth->FindPropertyValues("peer_uri"))
      uris.emplace_back(uri.data(), uri.size());
  }
  return FindIdentity(uris);
}

}  // namespace quartet::transport
