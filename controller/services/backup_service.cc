#include <algorithm>
#include <chrono>

#include "controller/backup/maker.h"
#include "controller/restore/restores.h"
#include "controller/services/call.h"
#include "controller/services/services.h"
#include "quartet/admin/v1/backup.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

// Kept for the answer to get to whoever waits for it.
constexpr std::chrono::seconds kForTheAnswer(1);
// Of a call without a deadline.
constexpr std::chrono::seconds kLongest(600);

NodeReports::Patience PatienceOf(const grpc::ServerContext& context) {
  const auto left = context.deadline() - std::chrono::system_clock::now() - kForTheAnswer;
  NodeReports::Patience patience;
  patience.deadline =
      NodeReports::Steady::now() + std::clamp<std::chrono::system_clock::duration>(
                                       left, std::chrono::system_clock::duration::zero(), kLongest);
  patience.given_up = [&context] { return context.IsCancelled(); };
  return patience;
}

// A backup holds a thread as long as it takes, and there is one at a time.
class BackupService final : public v1::BackupService::Service {
 public:
  BackupService(BackupMaker& maker, Restores& restores) : maker_(maker), restores_(restores) {}

  grpc::Status MakeBackup(grpc::ServerContext* context, const v1::MakeBackupRequest* request,
                          grpc::ServerWriter<v1::BackupPart>* writer) override {
    const absl::StatusOr<Caller> caller = AdminCaller(*context);
    if (!caller.ok()) return ToGrpc(caller.status(), *context);
    return ToGrpc(maker_.Make(*request, [&](const v1::BackupPart& part) { return writer->Write(part); }),
                  *context);
  }

  grpc::Status GetRestore(grpc::ServerContext* context, const v1::GetRestoreRequest* request,
                          v1::Restore* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller&) { return restores_.Get(*request, PatienceOf(*context)); });
  }

  grpc::Status ConfirmRestore(grpc::ServerContext* context, const v1::ConfirmRestoreRequest* request,
                              v1::Restore* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return restores_.Confirm(caller, *request); });
  }

 private:
  BackupMaker& maker_;
  Restores& restores_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeBackupService(BackupMaker& maker, Restores& restores) {
  return std::make_unique<BackupService>(maker, restores);
}

}  // namespace quartet::controller
