#include "proto/transport/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "proto/transport/credentials.h"

namespace quartet::transport {
namespace {

// A request holds a zone file of an entry's size at most; a spool for larger ones streams.
constexpr int kMaxMessageBytes = 8 << 20;

// Threads of calls that block which are kept for the next ones. gRPC would keep two, and start and end a thread for nearly every
// call while many run.
constexpr int kKeptThreads = 64;

// Health and reflection are registered with every server built after this.
void EnablePlugins() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

}  // namespace

struct Server::State {
  std::unique_ptr<grpc::Server> server;
  int port = 0;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { Shutdown(0); }

int Server::port() const { return state_->port; }

void Server::Shutdown(int seconds) {
  if (auto* health = state_->server->GetHealthCheckService()) health->SetServingStatus(false);
  state_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const std::string& listen, const TlsMaterial& material,
                                                      const std::vector<grpc::Service*>& services) {
  EnablePlugins();
  auto state = std::make_unique<State>();
  grpc::ServerBuilder builder;
  // Two servers on one port would share its connections at random.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 5000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 1000);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, kKeptThreads);
  builder.AddListeningPort(listen, MakeServerCredentials(material), &state->port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  state->server = builder.BuildAndStart();
  if (!state->server || state->port == 0) {
    return absl::UnavailableError(
        absl::StrCat("can't listen on ", listen,
                     ": the address is not this machine's, or its port is taken; `ss -ltnp` shows by whom"));
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

}  // namespace quartet::transport
