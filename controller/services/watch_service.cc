#include <memory>

#include "controller/services/call.h"
#include "controller/services/services.h"
#include "controller/services/watch_reactor.h"
#include "controller/watching/change_stream.h"
#include "controller/watching/watched_log.h"
#include "quartet/admin/v1/watch.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

// Streams hold no thread: the pump's reads the log for all of them.
class WatchService final
    : public v1::WatchService::WithCallbackMethod_WatchChanges<v1::WatchService::Service> {
 public:
  WatchService(Controller& controller, WatchPump& pump)
      : host_(controller.host()), pump_(pump), log_(controller.log(), controller.replica()) {
    // First the watch, then the head: nothing is committed between that is not heard of.
    commits_ = host_.WatchCommits([this](const std::vector<Sequencer::Committed>& entries) {
      log_.Committed(entries.back().position.index);
    });
    if (const auto head = controller.log().ReadHead(); head.ok()) log_.Committed(head->position.index);
  }

  grpc::ServerWriteReactor<v1::WatchChangesResponse>* WatchChanges(
      grpc::CallbackServerContext* context, const v1::WatchChangesRequest* request) override {
    using Reactor = WatchReactor<v1::WatchChangesResponse>;
    // Opened once its caller is known.
    auto stream = std::make_shared<std::unique_ptr<ChangeStream>>();
    const auto read = [stream]() -> absl::StatusOr<Reactor::Reading> {
      absl::StatusOr<ChangeStream::Step> step = (*stream)->Next();
      if (!step.ok()) return step.status();
      Reactor::Reading reading;
      reading.none = !step->response.has_value();
      reading.more = step->more;
      if (!reading.none) reading.response = *std::move(step->response);
      return reading;
    };
    const auto open = [this, stream, request = *request](
                          std::function<void()> moved) -> absl::StatusOr<std::unique_ptr<Watch>> {
      absl::StatusOr<std::unique_ptr<ChangeStream>> opened = ChangeStream::Open(log_, request);
      if (!opened.ok()) return opened.status();
      *stream = *std::move(opened);
      return host_.WatchCommits([moved = std::move(moved)](const auto&) { moved(); });
    };
    return Reactor::Start(context, pump_, read, open);
  }

 private:
  RequestHost& host_;
  WatchPump& pump_;
  WatchedLog log_;
  // Added before the streams', so that log_ knows of what they hear of.
  std::unique_ptr<Watch> commits_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeWatchService(Controller& controller, WatchPump& pump) {
  return std::make_unique<WatchService>(controller, pump);
}

}  // namespace quartet::controller
