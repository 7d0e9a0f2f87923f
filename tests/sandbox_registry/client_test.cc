// Our client and its pool against the sandbox registry, over TLS; and against what is no registry.
#include "controller/registrar/epp/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/client_pool.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/frame.h"
#include "tests/sandbox_registry/registry_fixture.h"

namespace quartet::sandbox {
namespace {

namespace epp = controller::epp;

using Code = absl::StatusCode;

class ClientTest : public testing::Test {
 protected:
  absl::Status ConnectWith(const epp::Endpoint& endpoint) {
    epp::Session::Options options = RunningRegistry::Login();
    options.answer_within_us = 300'000;
    return epp::Client::Connect(endpoint, options).status();
  }
  epp::ClientPool::Options PoolOptions(size_t sessions) {
    epp::ClientPool::Options options;
    options.endpoint = running_.Endpoint();
    options.session = RunningRegistry::Login();
    options.sessions = sessions;
    return options;
  }
  static epp::Command Create(const std::string& name) {
    epp::DomainCreate create;
    create.name = name;
    create.auth_info = "auth-1";
    return epp::MakeDomainCreate(create);
  }

  RunningRegistry running_;
};

TEST_F(ClientTest, RunsCommandsAndLogsOut) {
  const auto client = epp::Client::Connect(running_.Endpoint(), RunningRegistry::Login());
  ASSERT_TRUE(client.ok()) << client.status();
  const absl::StatusOr<epp::Response> created = (*client)->Run(Create("a.test"));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->code(), 1000);
  EXPECT_EQ((*client)->Run(Create("a.test"))->code(), 2302);
  (*client)->LogOut();
  EXPECT_TRUE((*client)->ended());
  EXPECT_TRUE((*client)->why_ended().ok()) << (*client)->why_ended();
  EXPECT_EQ((*client)->Run(Create("b.test")).status().code(), Code::kUnavailable);
  EXPECT_FALSE(running_.registry().FindDomain("b.test").has_value());
}

TEST_F(ClientTest, AWrongPasswordIsNotTriedAgain) {
  const absl::Status status =
      epp::Client::Connect(running_.Endpoint(), RunningRegistry::Login("ours", "secret-9")).status();
  EXPECT_EQ(status.code(), Code::kPermissionDenied) << status;
}

TEST_F(ClientTest, ACertificateOfAnotherNameOrAuthorityIsNotTaken) {
  epp::Endpoint other_name = running_.Endpoint();
  other_name.server_name = "registry.example";
  EXPECT_EQ(ConnectWith(other_name).code(), Code::kPermissionDenied);
  // A client that trusts somebody else.
  const transport::TestCa other_ca;
  store::TestDirectory directory;
  const transport::TlsFiles files =
      other_ca.Write(other_ca.IssueFor("DNS:client"), directory.path(), "other");
  epp::Endpoint other_authority = running_.Endpoint();
  other_authority.tls = *epp::TlsContext::ForClient(
      {files.ca, running_.client_identity().certificate, running_.client_identity().key});
  EXPECT_EQ(ConnectWith(other_authority).code(), Code::kPermissionDenied);
  // A client whom the registry does not trust, and one with no certificate.
  epp::Endpoint stranger = running_.Endpoint();
  stranger.tls = *epp::TlsContext::ForClient({running_.client_identity().ca, files.certificate, files.key});
  EXPECT_FALSE(ConnectWith(stranger).ok());
  stranger.tls = *epp::TlsContext::ForClient({running_.client_identity().ca, "", ""});
  EXPECT_FALSE(ConnectWith(stranger).ok());
}

TEST_F(ClientTest, FilesThatAreNoneAreNamed) {
  const absl::Status status = epp::TlsContext::ForClient({"/nowhere/ca.pem", "", ""}).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_NE(status.message().find("/nowhere/ca.pem"), absl::string_view::npos);
}

// A server that is no registry: what it does with a connection is the test's.
class Impostor {
 public:
  explicit Impostor(std::shared_ptr<const epp::TlsContext> tls, std::function<void(epp::TlsStream&)> serve) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, tls, serve] {
      const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      auto stream = epp::TlsStream::Accept(tls, accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC), soon);
      if (stream.ok()) serve(**stream);
    });
  }
  ~Impostor() {
    thread_.join();
    close(fd_);
  }
  uint16_t port() const { return port_; }

 private:
  int fd_;
  uint16_t port_ = 0;
  std::thread thread_;
};

TEST_F(ClientTest, WhatIsNoRegistryIsGivenUpInTime) {
  const auto tls = *epp::TlsContext::ForServer(running_.server_identity());
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const std::vector<std::function<void(epp::TlsStream&)>> deeds = {
      // Says nothing, until the client has gone.
      [&](epp::TlsStream& stream) { EXPECT_FALSE(stream.Read(soon).ok()); },
      // Goes at once.
      [](epp::TlsStream&) {},
      // Speaks HTTP.
      [&](epp::TlsStream& stream) {
        EXPECT_TRUE(stream.Write("HTTP/1.1 400 Bad Request\r\n\r\n", soon).ok());
      },
      // Announces 4 GiB.
      [&](epp::TlsStream& stream) { EXPECT_TRUE(stream.Write("\xff\xff\xff\xff", soon).ok()); },
      // Half a greeting.
      [&](epp::TlsStream& stream) {
        EXPECT_TRUE(stream.Write(epp::Frame("<epp/>").substr(0, 7), soon).ok());
      },
      // Well framed, and no greeting.
      [&](epp::TlsStream& stream) { EXPECT_TRUE(stream.Write(epp::Frame("<epp/>"), soon).ok()); },
  };
  for (size_t i = 0; i < deeds.size(); ++i) {
    Impostor impostor(tls, deeds[i]);
    epp::Endpoint endpoint = running_.Endpoint();
    endpoint.port = impostor.port();
    const absl::Status status = ConnectWith(endpoint);
    EXPECT_EQ(status.code(), Code::kUnavailable) << i << ": " << status;
  }
}

TEST_F(ClientTest, NobodyThereIsUnavailable) {
  running_.Stop();
  EXPECT_EQ(ConnectWith(running_.Endpoint()).code(), Code::kUnavailable);
}

TEST_F(ClientTest, APoolSharesItsSessions) {
  constexpr size_t kSessions = 3;
  epp::ClientPool pool(PoolOptions(kSessions), replication::SystemRandom());
  std::atomic<int> created{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        const auto response = pool.Run(Create(absl::StrCat("d", thread, "-", i, ".test")));
        if (response.ok() && response->code() == 1000) ++created;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 160);
  pool.KeepAlive();
  EXPECT_EQ(pool.Run(Create("d0-0.test"))->code(), 2302);
}

TEST_F(ClientTest, APoolGoesOnAfterTheRegistryWasAway) {
  epp::ClientPool pool(PoolOptions(2), replication::SystemRandom());
  ASSERT_EQ(pool.Run(Create("a.test"))->code(), 1000);
  running_.Stop();
  // The session that was idle breaks in a command: nothing is known of that one.
  EXPECT_EQ(pool.Run(Create("b.test")).status().code(), Code::kUnknown);
  EXPECT_EQ(pool.Run(Create("b.test")).status().code(), Code::kUnavailable);
  running_.Start();
  absl::StatusOr<epp::Response> response = pool.Run(Create("b.test"));
  // Until the pause after the failure is over.
  while (!response.ok()) {
    ASSERT_EQ(response.status().code(), Code::kUnavailable) << response.status();
    std::this_thread::yield();
    response = pool.Run(Create("b.test"));
  }
  EXPECT_EQ(response->code(), 1000);
}

}  // namespace
}  // namespace quartet::sandbox
