#include <atomic>
#include <chrono>

#include "controller/export/zone_export.h"
#include "controller/services/call.h"
#include "controller/services/services.h"
#include "proto/transport/watchdog.h"
#include "quartet/admin/v1/export.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using Clock = std::chrono::steady_clock;

// An export holds a thread as long as it takes, and there are a few at a time.
class ExportService final : public v1::ExportService::Service {
 public:
  ExportService(RequestHost& host, const ExportLimits& limits) : host_(host), limits_(limits) {}

  grpc::Status ExportZone(grpc::ServerContext* context, const v1::ExportZoneRequest* request,
                          grpc::ServerWriter<v1::ExportZoneResponse>* writer) override {
    const absl::StatusOr<Caller> caller = AdminCaller(*context);
    if (!caller.ok()) return ToGrpc(caller.status(), *context);
    const int before = under_way_.fetch_add(1);
    absl::Status status =
        before < limits_.calls
            ? Export(*context, request->zone(), *writer)
            : absl::ResourceExhaustedError("too many exports are under way; try again when one has ended");
    under_way_.fetch_sub(1);
    return ToGrpc(status, *context);
  }

 private:
  absl::Status Export(grpc::ServerContext& context, const std::string& zone,
                      grpc::ServerWriter<v1::ExportZoneResponse>& writer) {
    absl::StatusOr<std::unique_ptr<ZoneExport>> open = ZoneExport::Open(host_, zone);
    if (!open.ok()) return open.status();
    transport::Watchdog watchdog(limits_.idle, [&context] { context.TryCancel(); });
    const Clock::time_point end = Clock::now() + limits_.longest;
    v1::ExportZoneResponse piece;
    absl::StatusOr<bool> more = (*open)->Next(piece);
    for (; more.ok() && *more; more = (*open)->Next(piece)) {
      // Waits while the client takes nothing: gRPC holds a few pieces for it, and no more.
      if (!writer.Write(piece)) return absl::DeadlineExceededError("the client went away, or took nothing");
      if (Clock::now() > end) return absl::DeadlineExceededError("the export took too long and was ended");
      watchdog.Pet();
    }
    return more.status();
  }

  RequestHost& host_;
  const ExportLimits limits_;
  std::atomic<int> under_way_ = 0;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeExportService(RequestHost& host, const ExportLimits& limits) {
  return std::make_unique<ExportService>(host, limits);
}

}  // namespace quartet::controller
