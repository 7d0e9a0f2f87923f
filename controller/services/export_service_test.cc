// ExportZone and CreateZones over real TLS connections on loopback: clients that are slow, go, or are too many.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/memory_controller.h"
#include "controller/services/import_threads.h"
#include "controller/services/services.h"
#include "proto/transport/credentials.h"
#include "proto/transport/identity.h"
#include "proto/transport/server.h"
#include "proto/transport/test_certificates.h"
#include "quartet/admin/v1/export.grpc.pb.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using std::chrono::milliseconds;

// Far more than a connection holds, whose windows don't grow.
constexpr int kSets = 4000;
constexpr size_t kSetBytes = 4000;

class ExportServiceTest : public testing::Test {
 protected:
  ExportServiceTest() : controller_(1, absl::StrCat(::testing::TempDir(), "/imports")) {}
  ~ExportServiceTest() override { server_.reset(); }

  void Serve(const ExportLimits& limits) {
    export_service_ = MakeExportService(controller_->host(), limits);
    zone_service_ = MakeZoneService(*controller_, threads_);
    auto server = transport::Server::Start("127.0.0.1:0", Certificate("quartet://controller/c1"),
                                           {export_service_.get(), zone_service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = v1::ExportService::NewStub(Channel("quartet://admin/alice"));
  }

  void MakeLargeZone() {
    std::string text = "$TTL 60\n";
    for (int i = 0; i < kSets; ++i) {
      absl::StrAppend(&text, "host", i, " TXT");
      for (size_t bytes = 0; bytes < kSetBytes; bytes += 200)
        absl::StrAppend(&text, " ", std::string(200, 'x'));
      absl::StrAppend(&text, "\n");
    }
    v1::ImportStart start;
    start.mutable_new_zone()->set_domain_name("large.test");
    ScriptedStream stream(Messages(start, text));
    const auto made = controller_->ImportZone(MemoryController::kAdmin, stream);
    ASSERT_TRUE(made.ok()) << made.status();
  }

  std::shared_ptr<grpc::Channel> Channel(const std::string& uri) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->port()),
                                     transport::MakeClientCredentials(Certificate(uri)), arguments);
  }

  static v1::ExportZoneRequest Large() {
    v1::ExportZoneRequest request;
    request.set_zone("zones/large.test");
    return request;
  }

  // Reads to the end; record sets, and how it ended.
  static std::pair<int, grpc::Status> ReadAll(grpc::ClientReader<v1::ExportZoneResponse>& reader) {
    int sets = 0;
    for (v1::ExportZoneResponse piece; reader.Read(&piece);) sets += piece.record_sets_size();
    return {sets, reader.Finish()};
  }

  MemoryController controller_;
  std::unique_ptr<v1::ExportService::Stub> stub_;
  std::unique_ptr<transport::Server> server_;

 private:
  transport::TlsMaterial Certificate(const std::string& uri) const {
    const transport::TestCa::Leaf leaf = ca_.Issue(uri);
    return {ca_.pem(), leaf.certificate_pem, leaf.key_pem, *transport::ParseIdentity(uri)};
  }

  transport::TestCa ca_;
  ImportThreads threads_{2};
  std::unique_ptr<grpc::Service> export_service_;
  std::unique_ptr<grpc::Service> zone_service_;
};

TEST_F(ExportServiceTest, SendsAllOfALargeZone) {
  Serve({});
  MakeLargeZone();
  grpc::ClientContext context;
  const auto reader = stub_->ExportZone(&context, Large());
  const auto [sets, status] = ReadAll(*reader);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(sets, kSets + 2);
}

TEST_F(ExportServiceTest, AClientThatTakesNothingIsGivenUpAndMakesRoom) {
  ExportLimits limits;
  limits.calls = 1;
  limits.idle = milliseconds(500);
  Serve(limits);
  MakeLargeZone();
  grpc::ClientContext context;
  const auto slow = stub_->ExportZone(&context, Large());
  v1::ExportZoneResponse piece;
  ASSERT_TRUE(slow->Read(&piece));
  // There is no room beside it; once it is given up, there is.
  grpc::Status status;
  do {
    grpc::ClientContext second;
    const auto reader = stub_->ExportZone(&second, Large());
    status = ReadAll(*reader).second;
  } while (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(status.ok()) << status.error_message();
  const auto [sets, ended] = ReadAll(*slow);
  EXPECT_FALSE(ended.ok());
  EXPECT_LT(sets, kSets);
}

TEST_F(ExportServiceTest, IsEndedAfterItsLongest) {
  ExportLimits limits;
  limits.longest = milliseconds(0);
  Serve(limits);
  MakeLargeZone();
  grpc::ClientContext context;
  const auto reader = stub_->ExportZone(&context, Large());
  EXPECT_EQ(ReadAll(*reader).second.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(ExportServiceTest, IsForAdminsAndZonesThatAreThere) {
  Serve({});
  grpc::ClientContext context;
  EXPECT_EQ(ReadAll(*stub_->ExportZone(&context, Large())).second.error_code(), grpc::StatusCode::NOT_FOUND);
  const auto node = v1::ExportService::NewStub(Channel("quartet://nameserver/ns-a0/node/n1"));
  grpc::ClientContext other;
  EXPECT_EQ(ReadAll(*node->ExportZone(&other, Large())).second.error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(ExportServiceTest, ZonesAreMadeInOneCallWithRequestsUnderWay) {
  Serve({});
  const auto zones = v1::ZoneService::NewStub(Channel("quartet://admin/alice"));
  grpc::ClientContext context;
  const auto stream = zones->CreateZones(&context);
  std::thread sender([&] {
    for (int i = 0; i < 1000; ++i) {
      v1::CreateZoneRequest request;
      request.set_domain_name(i == 500 ? "no..name" : absl::StrCat("z", i, ".test"));
      request.set_zone_file("$TTL 60\nwww A 192.0.2.1\n");
      ASSERT_TRUE(stream->Write(request));
    }
    stream->WritesDone();
  });
  std::vector<uint64_t> refused;
  uint64_t number = 0;
  for (v1::CreateZonesResponse response; stream->Read(&response);) {
    EXPECT_EQ(response.number(), ++number);
    if (response.has_refused()) refused.push_back(response.number());
  }
  sender.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(number, 1000u);
  EXPECT_EQ(refused, std::vector<uint64_t>{501});
}

TEST_F(ExportServiceTest, FourCallsThatMakeZonesAreTakenAtOnce) {
  Serve({});
  const auto zones = v1::ZoneService::NewStub(Channel("quartet://admin/alice"));
  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReaderWriter<v1::CreateZoneRequest, v1::CreateZonesResponse>> stream;
  };
  std::vector<Call> calls(4);
  v1::CreateZonesResponse response;
  for (size_t i = 0; i < calls.size(); ++i) {
    calls[i].stream = zones->CreateZones(&calls[i].context);
    v1::CreateZoneRequest request;
    request.set_domain_name(absl::StrCat("z", i, ".test"));
    ASSERT_TRUE(calls[i].stream->Write(request));
    ASSERT_TRUE(calls[i].stream->Read(&response));
    EXPECT_TRUE(response.has_created());
  }
  grpc::ClientContext fifth;
  const auto refused = zones->CreateZones(&fifth);
  EXPECT_FALSE(refused->Read(&response));
  EXPECT_EQ(refused->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  for (Call& call : calls) {
    call.stream->WritesDone();
    EXPECT_FALSE(call.stream->Read(&response));
    EXPECT_TRUE(call.stream->Finish().ok());
  }
}

}  // namespace
}  // namespace quartet::controller
