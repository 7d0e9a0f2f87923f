// ImportZone over real TLS connections on loopback: clients that go, stop or are slow.
#include "controller/services/import_call.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "controller/zones/faults.h"
#include "proto/transport/credentials.h"
#include "proto/transport/identity.h"
#include "proto/transport/server.h"
#include "proto/transport/test_certificates.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

// What an import does with its stream, in place of the controller's importer.
using ImportFn = std::function<absl::StatusOr<v1::ImportResult>(ImportStream&)>;

// Serves ImportZone alone.
class Service final : public v1::ZoneService::WithCallbackMethod_ImportZone<v1::ZoneService::Service> {
 public:
  explicit Service(std::chrono::milliseconds idle) { options_.idle = idle; }

  ImportCall::Reactor* ImportZone(grpc::CallbackServerContext* context) override {
    return ImportCall::Start(
        context, [this](const Caller& caller, ImportStream& stream) { return Import(caller, stream); },
        threads_, options_);
  }

  void set_import(ImportFn import) { import_ = std::move(import); }
  // Of the last import; waits for its end.
  absl::Status AwaitEnd() {
    std::unique_lock<std::mutex> lock(mutex_);
    EXPECT_TRUE(moved_.wait_for(lock, std::chrono::seconds(20), [this] { return ended_; }));
    ended_ = false;
    return last_;
  }

 private:
  absl::StatusOr<v1::ImportResult> Import(const Caller& caller, ImportStream& stream) {
    EXPECT_EQ(caller.principal, "quartet://admin/alice");
    absl::StatusOr<v1::ImportResult> result = import_(stream);
    const std::lock_guard<std::mutex> lock(mutex_);
    last_ = result.status();
    ended_ = true;
    moved_.notify_all();
    return result;
  }

  ImportCall::Options options_;
  ImportFn import_;
  std::mutex mutex_;
  std::condition_variable moved_;
  bool ended_ = false;
  absl::Status last_;
  // Last: its threads use the above.
  ImportThreads threads_{2};
};

v1::ImportZoneRequest Text(size_t bytes) {
  v1::ImportZoneRequest request;
  request.set_text(std::string(bytes, 'x'));
  return request;
}

// Reads to the end, and gives the bytes back as record sets added.
absl::StatusOr<v1::ImportResult> CountBytes(ImportStream& stream) {
  v1::ImportResult result;
  for (;;) {
    absl::StatusOr<v1::ImportZoneRequest> request = stream.Read();
    if (absl::IsOutOfRange(request.status())) return result;
    if (!request.ok()) return request.status();
    result.set_added(result.added() + request->text().size());
    v1::ImportProgress progress;
    progress.set_done(result.added());
    stream.Tell(progress);
  }
}

// An import of a text without an end, as the importer has it: that the client sends no more, and that it went away, may
// come in either order.
absl::StatusOr<v1::ImportResult> AwaitTheEnd(ImportStream& stream) {
  for (;;) {
    absl::StatusOr<v1::ImportZoneRequest> request = stream.Read();
    if (absl::IsOutOfRange(request.status())) return absl::AbortedError("the text is cut off");
    if (!request.ok()) return request.status();
    stream.Tell(v1::ImportProgress());
  }
}

// Reads what is left, without which there is no status.
grpc::Status FinishOf(grpc::ClientReaderWriter<v1::ImportZoneRequest, v1::ImportZoneResponse>& stream) {
  v1::ImportZoneResponse response;
  while (stream.Read(&response)) {
  }
  return stream.Finish();
}

class ImportCallTest : public testing::Test {
 protected:
  void Serve(std::chrono::milliseconds idle = std::chrono::seconds(60), ImportFn import = CountBytes) {
    service_ = std::make_unique<Service>(idle);
    service_->set_import(std::move(import));
    auto server =
        transport::Server::Start("127.0.0.1:0", Certificate("quartet://controller/c1"), {service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = StubOf("quartet://admin/alice");
  }
  ~ImportCallTest() override { server_.reset(); }

  transport::TlsMaterial Certificate(const std::string& uri) const {
    const transport::TestCa::Leaf leaf = ca_.Issue(uri);
    return {ca_.pem(), leaf.certificate_pem, leaf.key_pem, *transport::ParseIdentity(uri)};
  }
  // Its windows don't grow.
  std::unique_ptr<v1::ZoneService::Stub> StubOf(const std::string& uri) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    return v1::ZoneService::NewStub(
        grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->port()),
                                  transport::MakeClientCredentials(Certificate(uri)), arguments));
  }

  transport::TestCa ca_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<transport::Server> server_;
  std::unique_ptr<v1::ZoneService::Stub> stub_;
};

TEST_F(ImportCallTest, PassesMessagesOnAndGivesTheResultLast) {
  Serve();
  grpc::ClientContext context;
  const auto stream = stub_->ImportZone(&context);
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(stream->Write(Text(100'000)));
  stream->WritesDone();
  v1::ImportZoneResponse response;
  uint64_t last = 0;
  while (stream->Read(&response) && response.has_progress()) {
    EXPECT_GE(response.progress().done(), last);
    last = response.progress().done();
  }
  EXPECT_TRUE(response.has_result());
  EXPECT_EQ(response.result().added(), 3'000'000u);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ImportCallTest, ARefusalCarriesItsFaults) {
  Serve(std::chrono::seconds(60), [](ImportStream&) -> absl::StatusOr<v1::ImportResult> {
    FaultList faults;
    faults.Add(FaultList::Kind::kRule, "www.example.com.", "A", "some-rule", "is wrong");
    return faults.ToStatus();
  });
  grpc::ClientContext context;
  const auto stream = stub_->ImportZone(&context);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("quartet-faults-bin"), 1u);
}

TEST_F(ImportCallTest, NodesMayNotImport) {
  Serve();
  const auto stub = StubOf("quartet://nameserver/ns1/node/n1");
  grpc::ClientContext context;
  const auto stream = stub->ImportZone(&context);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(ImportCallTest, AClientThatCancelsEndsTheImport) {
  Serve(std::chrono::seconds(60), AwaitTheEnd);
  grpc::ClientContext context;
  const auto stream = stub_->ImportZone(&context);
  ASSERT_TRUE(stream->Write(Text(1000)));
  v1::ImportZoneResponse response;
  ASSERT_TRUE(stream->Read(&response));
  context.TryCancel();
  EXPECT_TRUE(absl::IsAborted(service_->AwaitEnd()));
  EXPECT_FALSE(FinishOf(*stream).ok());
}

TEST_F(ImportCallTest, AClientThatSendsNothingIsTakenForGone) {
  Serve(std::chrono::milliseconds(200));
  grpc::ClientContext context;
  const auto stream = stub_->ImportZone(&context);
  ASSERT_TRUE(stream->Write(Text(1000)));
  EXPECT_TRUE(absl::IsAborted(service_->AwaitEnd()));
  EXPECT_FALSE(FinishOf(*stream).ok());
}

TEST_F(ImportCallTest, AClientThatTakesNothingIsTakenForGone) {
  // Progress that no window holds.
  Serve(std::chrono::milliseconds(200), [](ImportStream& stream) -> absl::StatusOr<v1::ImportResult> {
    while (!stream.gone()) stream.Tell(v1::ImportProgress());
    return absl::AbortedError("gone");
  });
  grpc::ClientContext context;
  const auto stream = stub_->ImportZone(&context);
  EXPECT_TRUE(absl::IsAborted(service_->AwaitEnd()));
  EXPECT_FALSE(FinishOf(*stream).ok());
}

TEST_F(ImportCallTest, AClientIsHeldBackWhileTheSpoolIsSlow) {
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  Serve(std::chrono::seconds(60), [gone](ImportStream& stream) -> absl::StatusOr<v1::ImportResult> {
    gone.wait();
    return CountBytes(stream);
  });
  grpc::ClientContext context;
  const auto stream = stub_->ImportZone(&context);
  std::atomic<int> written = 0;
  constexpr int kPieces = 200;
  std::thread writer([&] {
    while (written < kPieces && stream->Write(Text(1 << 20))) ++written;
    stream->WritesDone();
  });
  // What gRPC buffers on both sides is a few MiB. The writer would be through in a moment, were it not held back.
  for (int before = -1; before != written;) {
    before = written;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  EXPECT_LT(written, 100);
  go.set_value();
  v1::ImportZoneResponse response;
  while (stream->Read(&response)) {
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(response.result().added(), uint64_t{kPieces} << 20);
}

TEST_F(ImportCallTest, MoreCallsThanThreadsAreRefused) {
  Serve();
  grpc::ClientContext contexts[2];
  std::unique_ptr<grpc::ClientReaderWriter<v1::ImportZoneRequest, v1::ImportZoneResponse>> streams[2];
  for (int i = 0; i < 2; ++i) {
    streams[i] = stub_->ImportZone(&contexts[i]);
    ASSERT_TRUE(streams[i]->Write(Text(10)));
    v1::ImportZoneResponse response;
    ASSERT_TRUE(streams[i]->Read(&response));
  }
  grpc::ClientContext context;
  EXPECT_EQ(stub_->ImportZone(&context)->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  for (int i = 0; i < 2; ++i) {
    streams[i]->WritesDone();
    v1::ImportZoneResponse response;
    while (streams[i]->Read(&response)) {
    }
    EXPECT_TRUE(streams[i]->Finish().ok());
  }
}

TEST_F(ImportCallTest, AServerThatStopsEndsItsImports) {
  Serve(std::chrono::seconds(60), AwaitTheEnd);
  grpc::ClientContext context;
  const auto stream = stub_->ImportZone(&context);
  ASSERT_TRUE(stream->Write(Text(10)));
  v1::ImportZoneResponse response;
  ASSERT_TRUE(stream->Read(&response));
  server_->Shutdown(0);
  EXPECT_TRUE(absl::IsAborted(service_->AwaitEnd()));
}

}  // namespace
}  // namespace quartet::controller
