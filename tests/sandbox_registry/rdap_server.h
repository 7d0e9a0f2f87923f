// The sandbox registry's RDAP over HTTP (RFC 7480).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/sandbox_registry/registry.h"

struct mg_connection;
struct mg_context;

namespace quartet::sandbox {

// Answers GET and HEAD to anybody who can connect. Two connections at a time; each may take 5 s for a request of 16 KiB at
// most. Only reads.
class RdapServer {
 public:
  // The registry must outlive it. `listen`: ADDR:PORT; port 0: any free one. UNAVAILABLE: it can't be listened on.
  static absl::StatusOr<std::unique_ptr<RdapServer>> Start(const Registry& registry,
                                                           const std::string& listen);
  ~RdapServer();

  int port() const;

 private:
  explicit RdapServer(const Registry& registry) : registry_(registry) {}
  static int Handle(mg_connection* connection, void* server);
  int Answer(mg_connection* connection) const;

  const Registry& registry_;
  mg_context* context_ = nullptr;
};

}  // namespace quartet::sandbox
