// How test programs reach a controller: the same four values as `quartet` takes, from flags or the
// environment.
#pragma once

#include <memory>

#include "proto/transport/tls_files.h"

namespace CLI {
class App;
}
namespace grpc {
class Channel;
}

namespace quartet::tests {

struct Connection {
  std::string controller;
  transport::TlsFiles tls;

  void AddOptions(CLI::App& app);
  // Prints what is wrong and ends the process if the files are unfit.
  std::shared_ptr<grpc::Channel> Open() const;
};

}  // namespace quartet::tests
