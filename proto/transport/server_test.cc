// Real servers and clients on loopback: who is let in, and whom a client takes for a controller.
#include "proto/transport/server.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "proto/transport/credentials.h"
#include "proto/transport/test_certificates.h"

namespace quartet::transport {
namespace {

class ServerTest : public ::testing::Test {
 protected:
  TlsMaterial Material(const TestCa& ca, const std::string& uri) {
    const TestCa::Leaf leaf = ca.Issue(uri);
    return {ca.pem(), leaf.certificate_pem, leaf.key_pem, *ParseIdentity(uri)};
  }

  void StartAs(const std::string& uri) {
    auto server = Server::Start("127.0.0.1:0", Material(ca_, uri), {});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // Asks for the server's health with an empty HealthCheckRequest; the response is protobuf field 1, SERVING
  // = 1.
  grpc::Status AskHealth(const TlsMaterial& client) {
    auto channel =
        grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->port()), MakeClientCredentials(client));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    const grpc::Slice empty("");
    const grpc::ByteBuffer request(&empty, 1);
    grpc::ByteBuffer response;
    grpc::Status status;
    std::promise<void> done;
    grpc::GenericStub(channel).UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                                         [&](grpc::Status result) {
                                           status = std::move(result);
                                           done.set_value();
                                         });
    done.get_future().wait();
    return status;
  }

  TestCa ca_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersClientsOfItsCa) {
  StartAs("quartet://controller/c-1");
  const grpc::Status status = AskHealth(Material(ca_, "quartet://admin/alice"));
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(ServerTest, LetsNobodyInWithACertificateOfAnotherCa) {
  StartAs("quartet://controller/c-1");
  const TestCa other;
  TlsMaterial stranger = Material(other, "quartet://admin/alice");
  stranger.ca_pem = ca_.pem();
  EXPECT_EQ(AskHealth(stranger).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerTest, IsNotTakenForAControllerWithANodesCertificate) {
  StartAs("quartet://nameserver/ns-1/node/ns-1-a");
  EXPECT_EQ(AskHealth(Material(ca_, "quartet://admin/alice")).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerTest, SaysThatItsPortIsTaken) {
  StartAs("quartet://controller/c-1");
  const auto second = Server::Start("127.0.0.1:" + std::to_string(server_->port()),
                                    Material(ca_, "quartet://controller/c-2"), {});
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.status().message().find("port is taken"), absl::string_view::npos) << second.status();
}

}  // namespace
}  // namespace quartet::transport
