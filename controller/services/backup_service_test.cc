// Backups and the report of a restore over gRPC, with a controller on disk.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "controller/backup/backup_client.h"
#include "controller/backup/maker.h"
#include "controller/backup/restore.h"
#include "controller/backup/verify.h"
#include "controller/reports/node_reports.h"
#include "controller/reports/test_nodes.h"
#include "controller/restore/restores.h"
#include "controller/service_store.h"
#include "controller/services/services.h"
#include "gtest/gtest.h"
#include "proto/transport/credentials.h"
#include "proto/transport/server.h"
#include "proto/transport/test_certificates.h"
#include "quartet/admin/v1/backup.grpc.pb.h"
#include "replication/base/clock.h"
#include "replication/store/store.h"
#include "replication/store/test_directory.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using ::testing::HasSubstr;

class BackupServiceTest : public ::testing::Test {
 protected:
  BackupServiceTest() {
    EXPECT_TRUE(InitService(Path("data"), "c-1").ok());
    admin_ = Files("quartet://admin/a", "admin");
    Serve("data");
  }
  ~BackupServiceTest() override { Stop(); }

  std::string Path(const std::string& name) const { return directory_.Sub(name); }

  transport::TlsFiles Files(const std::string& uri, const std::string& name) {
    return ca_.Write(ca_.Issue(uri), directory_.path(), name);
  }

  void Serve(const std::string& data) {
    auto store = OpenServiceStore(Path(data));
    ASSERT_TRUE(store.ok()) << store.status();
    controller_ = std::move(Controller::Open(*std::move(store), replication::SystemClock(),
                                             replication::SystemRandom(), {.name = "c-1", .version = "0.1"}))
                      .value();
    nodes_.reports = &reports_;
    maker_ =
        std::make_unique<BackupMaker>(controller_->log(), controller_->replica(), replication::SystemClock(),
                                      BackupMaker::Options{"c-1", "0.1", Path(data) + "/backup.checkpoint"});
    restores_ = std::make_unique<Restores>(
        *controller_, reports_,
        Restores::Feed{[] { return std::vector<replication::NodeProgress>(); }, [](bool) {}});
    admin_services_ = std::make_unique<AdminServices>(*controller_, *maker_, *restores_, nullptr);
    const auto material = transport::LoadTls(Files("quartet://controller/c-1", "controller"));
    ASSERT_TRUE(material.ok()) << material.status();
    auto server = transport::Server::Start("127.0.0.1:0", *material, admin_services_->services());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // By bytes that mean nothing to anybody, and can't be compressed.
  void Enlarge(const std::string& data, size_t bytes) {
    Stop();
    std::mt19937 random(1);
    std::string noise(bytes, '\0');
    std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random()); });
    store::Batch batch;
    batch.Put("~noise", noise);
    ASSERT_TRUE((*OpenServiceStore(Path(data)))->Write(batch, store::Store::Sync::kYes).ok());
    Serve(data);
  }

  void Stop() {
    if (maker_ != nullptr) maker_->Stop();
    server_.reset();
    admin_services_.reset();
    restores_.reset();
    maker_.reset();
    controller_.reset();
  }

  std::string Address() const { return "127.0.0.1:" + std::to_string(server_->port()); }

  absl::StatusOr<Manifest> Fetch(const std::string& to, const transport::TlsFiles& tls,
                                 const std::function<void()>& meanwhile = {}) {
    bool once = false;
    return FetchBackup({.controller = Address(), .tls = tls, .to = Path(to)}, [&](uint64_t, uint64_t) {
      if (!once && meanwhile) meanwhile();
      once = true;
    });
  }

  std::unique_ptr<v1::BackupService::Stub> Stub() {
    return v1::BackupService::NewStub(
        grpc::CreateChannel(Address(), transport::MakeClientCredentials(*transport::LoadTls(admin_))));
  }

  store::TestDirectory directory_;
  transport::TestCa ca_;
  transport::TlsFiles admin_;
  TestNodes nodes_;
  NodeReports reports_{nodes_};
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<BackupMaker> maker_;
  std::unique_ptr<Restores> restores_;
  std::unique_ptr<AdminServices> admin_services_;
  std::unique_ptr<transport::Server> server_;
};

TEST_F(BackupServiceTest, ABackupComesWholeOverTheNetworkAndCanBeRestored) {
  v1::SetStripeDomainRequest domain;
  domain.set_name("stripes/a");
  domain.set_domain("quartet-a.test");
  const absl::StatusOr<Manifest> made = Fetch(
      "b", admin_, [&] { EXPECT_TRUE(controller_->SetStripeDomain({"quartet://admin/a"}, domain).ok()); });
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(VerifyBackup(Path("b")).ok());
  Stop();
  const absl::StatusOr<Restored> restored =
      RestoreBackup({.from = Path("b"), .data = Path("restored"), .name = "c-1"}, replication::SystemClock(),
                    replication::SystemRandom(), [](const std::string&) {});
  ASSERT_TRUE(restored.ok()) << restored.status();

  Serve("restored");
  grpc::ClientContext show;
  v1::Restore restore;
  show.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  ASSERT_TRUE(Stub()->GetRestore(&show, {}, &restore).ok());
  EXPECT_EQ(restore.backup(), Path("b"));
  EXPECT_EQ(Fetch("c", admin_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(std::filesystem::exists(Path("c")));
  grpc::ClientContext confirm;
  ASSERT_TRUE(Stub()->ConfirmRestore(&confirm, {}, &restore).ok());
  EXPECT_EQ(restore.confirmed_by(), "quartet://admin/a");
  EXPECT_TRUE(Fetch("c", admin_).ok());
}

TEST_F(BackupServiceTest, AdminsOnly) {
  const transport::TlsFiles node = Files("quartet://nameserver/ns-1/node/ns-1-a", "node");
  const absl::Status here = Fetch("b", node).status();
  EXPECT_EQ(here.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(here.message()), HasSubstr("needs an admin's"));
  const auto stub = v1::BackupService::NewStub(
      grpc::CreateChannel(Address(), transport::MakeClientCredentials(*transport::LoadTls(node))));
  grpc::ClientContext context;
  const auto reader = stub->MakeBackup(&context, {});
  v1::BackupPart part;
  EXPECT_FALSE(reader->Read(&part));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(BackupServiceTest, WhoGoesAwayLeavesNothingAndIsInNobodysWay) {
  Enlarge("data", 4 << 20);
  {
    // Takes a minute.
    grpc::ClientContext context;
    v1::MakeBackupRequest slow;
    slow.set_bytes_per_second(BackupMaker::kMinBytesPerSecond);
    const auto reader = Stub()->MakeBackup(&context, slow);
    v1::BackupPart part;
    ASSERT_TRUE(reader->Read(&part));
    EXPECT_EQ(Fetch("b", admin_).status().code(), absl::StatusCode::kAborted);
    context.TryCancel();
    while (reader->Read(&part)) {
    }
    EXPECT_FALSE(reader->Finish().ok());
  }
  // The server hears of it when it sends the next part.
  absl::Status next = absl::AbortedError("");
  for (int i = 0; absl::IsAborted(next) && i < 100'000; ++i) next = Fetch("b", admin_).status();
  EXPECT_TRUE(next.ok()) << next;
}

TEST_F(BackupServiceTest, AControllerThatCantBeReachedIsSaidToBe) {
  const std::string address = Address();
  Stop();
  const absl::Status status =
      FetchBackup({.controller = address, .tls = admin_, .to = Path("b")}, [](uint64_t, uint64_t) {
      }).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(address));
  EXPECT_FALSE(std::filesystem::exists(Path("b")));
}

}  // namespace
}  // namespace quartet::controller
