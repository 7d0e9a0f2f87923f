#include "controller/services/call.h"
#include "controller/services/services.h"
#include "controller/services/watch_reactor.h"
#include "quartet/admin/v1/node.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class NodeService final : public v1::NodeService::WithCallbackMethod_WatchNodes<v1::NodeService::Service> {
 public:
  NodeService(Controller& controller, WatchPump& pump) : controller_(controller), pump_(pump) {}

  grpc::Status CreateNode(grpc::ServerContext* context, const v1::CreateNodeRequest* request,
                          v1::Node* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.CreateNode(caller, *request); });
  }

  grpc::Status ListNodes(grpc::ServerContext* context, const v1::ListNodesRequest*,
                         v1::ListNodesResponse* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return controller_.ListNodes(); });
  }

  grpc::Status DrainNode(grpc::ServerContext* context, const v1::DrainNodeRequest* request,
                         v1::Node* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.DrainNode(caller, *request); });
  }

  grpc::Status GetNode(grpc::ServerContext* context, const v1::GetNodeRequest* request,
                       v1::Node* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return controller_.GetNode(*request); });
  }

  grpc::Status AllowRepair(grpc::ServerContext* context, const v1::AllowRepairRequest* request,
                           v1::AllowRepairResponse* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.AllowRepair(caller, *request); });
  }

  grpc::ServerWriteReactor<v1::ListNodesResponse>* WatchNodes(grpc::CallbackServerContext* context,
                                                              const v1::WatchNodesRequest*) override {
    using Reactor = WatchReactor<v1::ListNodesResponse>;
    const auto read = [this]() -> absl::StatusOr<Reactor::Reading> {
      absl::StatusOr<v1::ListNodesResponse> nodes = controller_.ListNodes();
      if (!nodes.ok()) return nodes.status();
      return Reactor::Reading{*std::move(nodes), false};
    };
    return Reactor::Start(context, pump_, read,
                          [this](std::function<void()> moved) -> absl::StatusOr<std::unique_ptr<Watch>> {
                            return controller_.WatchNodes(std::move(moved));
                          });
  }

 private:
  Controller& controller_;
  WatchPump& pump_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeNodeService(Controller& controller, WatchPump& pump) {
  return std::make_unique<NodeService>(controller, pump);
}

}  // namespace quartet::controller
