#include <algorithm>

#include "controller/services/call.h"
#include "controller/services/services.h"
#include "controller/services/watch_reactor.h"
#include "quartet/admin/v1/change.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

bool IsServed(const v1::Change& change, uint32_t servers) {
  if (change.state() == v1::Change::STATE_INSYNC) return true;
  const auto serving = std::count_if(change.nameservers().begin(), change.nameservers().end(),
                                     [](const v1::NameserverProgress& one) { return one.serving(); });
  return servers > 0 && serving >= servers;
}

// Watches end by an event, so they hold no thread.
class ChangeService final
    : public v1::ChangeService::WithCallbackMethod_WatchChange<v1::ChangeService::Service> {
 public:
  ChangeService(Controller& controller, WatchPump& pump) : controller_(controller), pump_(pump) {}

  grpc::Status GetChange(grpc::ServerContext* context, const v1::GetChangeRequest* request,
                         v1::Change* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return controller_.GetChange(*request); });
  }

  grpc::ServerWriteReactor<v1::Change>* WatchChange(grpc::CallbackServerContext* context,
                                                    const v1::WatchChangeRequest* request) override {
    using Reactor = WatchReactor<v1::Change>;
    v1::GetChangeRequest get;
    get.set_name(request->name());
    const auto read = [this, get, servers = request->servers()]() -> absl::StatusOr<Reactor::Reading> {
      absl::StatusOr<v1::Change> change = controller_.GetChange(get);
      if (!change.ok()) return change.status();
      const bool served = IsServed(*change, servers);
      return Reactor::Reading{*std::move(change), served};
    };
    return Reactor::Start(context, pump_, read, [this, name = request->name()](std::function<void()> moved) {
      return controller_.WatchChange(name, std::move(moved));
    });
  }

 private:
  Controller& controller_;
  WatchPump& pump_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeChangeService(Controller& controller, WatchPump& pump) {
  return std::make_unique<ChangeService>(controller, pump);
}

}  // namespace quartet::controller
