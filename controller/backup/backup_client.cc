#include "controller/backup/backup_client.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/backup/writer.h"
#include "proto/transport/credentials.h"
#include "quartet/admin/v1/backup.grpc.pb.h"

namespace quartet::controller {
namespace {

// A controller that is there and answers nothing is given up.
constexpr int kKeepaliveMs = 10'000;

absl::Status ToAbsl(const grpc::Status& status, const std::string& controller) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  if (code == absl::StatusCode::kUnavailable) {
    return absl::UnavailableError(
        absl::StrCat("no backup from the controller at ", controller, ": ", status.error_message(),
                     ". Is it running there, and is its certificate of the same CA?"));
  }
  return absl::Status(code, status.error_message());
}

}  // namespace

absl::StatusOr<Manifest> FetchBackup(const BackupOptions& options,
                                     const std::function<void(uint64_t bytes, uint64_t total)>& progress) {
  const absl::StatusOr<transport::TlsMaterial> material = transport::LoadTls(options.tls);
  if (!material.ok()) return material.status();
  if (material->identity.kind != transport::Identity::Kind::kAdmin) {
    return absl::UnauthenticatedError(absl::StrCat(options.tls.certificate, " is of ",
                                                   material->identity.ToString(),
                                                   "; a backup needs an admin's (quartet://admin/NAME)"));
  }
  absl::StatusOr<std::unique_ptr<BackupWriter>> writer = BackupWriter::Create(options.to);
  if (!writer.ok()) return writer.status();

  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveMs);
  const auto stub = admin::v1::BackupService::NewStub(
      grpc::CreateCustomChannel(options.controller, transport::MakeClientCredentials(*material), arguments));
  grpc::ClientContext context;
  admin::v1::MakeBackupRequest request;
  request.set_bytes_per_second(options.bytes_per_second);
  const auto reader = stub->MakeBackup(&context, request);
  absl::Status taken;
  for (admin::v1::BackupPart part; taken.ok() && reader->Read(&part);) {
    taken = (*writer)->Take(part);
    progress((*writer)->bytes(), (*writer)->bytes_total());
  }
  if (!taken.ok()) context.TryCancel();
  absl::Status ended = ToAbsl(reader->Finish(), options.controller);
  if (!taken.ok()) return taken;
  if (!ended.ok()) return ended;
  return (*writer)->Finish();
}

}  // namespace quartet::controller
