#include "tests/client/connection.h"

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "proto/transport/credentials.h"

namespace quartet::tests {

void Connection::AddOptions(CLI::App& app) {
  app.add_option("--controller", controller, "Controller, ADDR:PORT")
      ->envname("QUARTET_CONTROLLER")
      ->required();
  app.add_option("--ca", tls.ca, "CA certificate")->envname("QUARTET_CA")->required();
  app.add_option("--certificate", tls.certificate, "An admin's certificate")
      ->envname("QUARTET_CERTIFICATE")
      ->required();
  app.add_option("--key", tls.key, "Its key")->envname("QUARTET_KEY")->required();
}

std::shared_ptr<grpc::Channel> Connection::Open() const {
  const absl::StatusOr<transport::TlsMaterial> material = transport::LoadTls(tls);
  if (!material.ok()) {
    std::fprintf(stderr, "%s\n", std::string(material.status().message()).c_str());
    std::exit(2);
  }
  grpc::ChannelArguments arguments;
  // Found again soon after a crash.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(controller, transport::MakeClientCredentials(*material), arguments);
}

}  // namespace quartet::tests
