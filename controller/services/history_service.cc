#include <functional>

#include "absl/strings/str_cat.h"
#include "controller/history/history_queries.h"
#include "controller/history/history_writes.h"
#include "controller/request_host.h"
#include "controller/services/call.h"
#include "controller/services/services.h"
#include "quartet/admin/v1/history.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class HistoryService final : public v1::HistoryService::Service {
 public:
  explicit HistoryService(RequestHost& host) : host_(host), writes_(host) {}

  grpc::Status ListZoneRevisions(grpc::ServerContext* context, const v1::ListZoneRevisionsRequest* request,
                                 v1::ListZoneRevisionsResponse* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) {
      return controller::ListZoneRevisions(*host_.replica().Snapshot(), *request);
    });
  }

  grpc::Status GetZoneRevision(grpc::ServerContext* context, const v1::GetZoneRevisionRequest* request,
                               grpc::ServerWriter<v1::ZoneRevisionPart>* writer) override {
    return Stream(*context, *writer, [&](const auto& tell) {
      return controller::GetZoneRevision(*host_.replica().Snapshot(), *request, tell);
    });
  }

  grpc::Status ListRecordSetsAt(grpc::ServerContext* context, const v1::ListRecordSetsAtRequest* request,
                                grpc::ServerWriter<v1::RecordSetsPart>* writer) override {
    return Stream(*context, *writer, [&](const auto& tell) {
      return controller::ListRecordSetsAt(*host_.replica().Snapshot(), *request, tell);
    });
  }

  grpc::Status RevertZone(grpc::ServerContext* context, const v1::RevertZoneRequest* request,
                          v1::Change* response) override {
    return ServeAdmin(*context, response, [&](const Caller& caller) {
      return ChangeOf(writes_.Revert(caller, *request, [&] { return context->IsCancelled(); }));
    });
  }

  grpc::Status PreviewRevert(grpc::ServerContext* context, const v1::RevertZoneRequest* request,
                             grpc::ServerWriter<v1::RevertPreviewPart>* writer) override {
    return Stream(*context, *writer, [&](const auto& tell) { return writes_.PreviewRevert(*request, tell); });
  }

  grpc::Status ListDeletedZones(grpc::ServerContext* context, const v1::ListDeletedZonesRequest* request,
                                v1::ListDeletedZonesResponse* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) {
      return controller::ListDeletedZones(*host_.replica().Snapshot(), *request);
    });
  }

  grpc::Status UndeleteZone(grpc::ServerContext* context, const v1::UndeleteZoneRequest* request,
                            v1::Change* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return ChangeOf(writes_.Undelete(caller, *request)); });
  }

 private:
  // Answers an admin with what `call` tells.
  template <typename Part, typename Call>
  static grpc::Status Stream(grpc::ServerContext& context, grpc::ServerWriter<Part>& writer,
                             const Call& call) {
    const absl::StatusOr<Caller> caller = AdminCaller(context);
    if (!caller.ok()) return ToGrpc(caller.status(), context);
    const std::function<bool(const Part&)> tell = [&](const Part& part) { return writer.Write(part); };
    return ToGrpc(call(tell), context);
  }

  absl::StatusOr<v1::Change> ChangeOf(const absl::StatusOr<Outcome>& outcome) const {
    if (!outcome.ok()) return outcome.status();
    if (!outcome->change_id.empty()) return host_.ChangeOf(*outcome);
    v1::Change nothing;
    nothing.set_zone(absl::StrCat("zones/", outcome->zone_id));
    return nothing;
  }

  RequestHost& host_;
  HistoryWrites writes_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeHistoryService(RequestHost& host) {
  return std::make_unique<HistoryService>(host);
}

}  // namespace quartet::controller
