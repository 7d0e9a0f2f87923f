// A sandbox registry that runs in the test's own process, with certificates.
#pragma once

#include <csignal>
#include <memory>
#include <string>

#include "controller/registrar/epp/client_pool.h"
#include "controller/registrar/epp/namespaces.h"
#include "proto/transport/test_certificates.h"
#include "replication/base/clock.h"
#include "replication/store/memory_store.h"
#include "replication/store/test_directory.h"
#include "tests/sandbox_registry/registry.h"
#include "tests/sandbox_registry/server.h"

namespace quartet::sandbox {

// Clients "ours" (password "secret-1") and "theirs" ("secret-2"); TLD "test".
class RunningRegistry {
 public:
  // `clock` must outlive it.
  explicit RunningRegistry(RegistryConfig config = DefaultConfig(), Faults faults = Faults(),
                           replication::Clock& clock = replication::SystemClock())
      : faults_(std::move(faults)), registry_(std::move(config), store_, clock) {
    std::signal(SIGPIPE, SIG_IGN);
    server_identity_ = Files(ca_.IssueFor("IP:127.0.0.1"), "server");
    client_identity_ = Files(ca_.IssueFor("DNS:client"), "client");
    Start();
  }

  static RegistryConfig DefaultConfig() {
    RegistryConfig config;
    config.clients = {{"ours", "secret-1"}, {"theirs", "secret-2"}};
    config.tlds["test"].name = "test";
    return config;
  }

  // On the same port, if it ran before.
  void Start() {
    const auto tls = controller::epp::TlsContext::ForServer(server_identity_);
    Server::Options options;
    options.port = port_;
    options.faults = faults_;
    auto server = Server::Start(registry_, *tls, options);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    port_ = server_->port();
  }
  void Stop() { server_.reset(); }

  Registry& registry() { return registry_; }
  uint16_t port() const { return port_; }
  const transport::TestCa& ca() const { return ca_; }
  const controller::epp::TlsIdentity& client_identity() const { return client_identity_; }
  const controller::epp::TlsIdentity& server_identity() const { return server_identity_; }

  // A certificate of this registry's CA, or another's, as files.
  controller::epp::TlsIdentity Files(const transport::TestCa::Leaf& leaf, const std::string& name) const {
    const transport::TlsFiles files = ca_.Write(leaf, directory_.path(), name);
    return {files.ca, files.certificate, files.key};
  }

  controller::epp::Endpoint Endpoint() const {
    controller::epp::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = port_;
    endpoint.tls = *controller::epp::TlsContext::ForClient(client_identity_);
    return endpoint;
  }
  static controller::epp::Session::Options Login(const std::string& client = "ours",
                                                 const std::string& password = "secret-1") {
    namespace epp = controller::epp;
    epp::Session::Options options;
    options.client = client;
    options.password = password;
    options.object_uris = {std::string(epp::kDomainNamespace), std::string(epp::kHostNamespace),
                           std::string(epp::kContactNamespace)};
    options.extension_uris = {std::string(epp::kSecDnsNamespace), std::string(epp::kRgpNamespace)};
    options.trid_prefix = "Q-test";
    return options;
  }

 private:
  store::TestDirectory directory_;
  transport::TestCa ca_;
  controller::epp::TlsIdentity server_identity_;
  controller::epp::TlsIdentity client_identity_;
  const Faults faults_;
  store::MemoryStore store_;
  Registry registry_;
  uint16_t port_ = 0;
  std::unique_ptr<Server> server_;
};

}  // namespace quartet::sandbox
