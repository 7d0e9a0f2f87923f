// One zone on a server of its own, with our answer engine.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "nameserver/serve/server.h"
#include "nameserver/serve/socket_address.h"
#include "nameserver/zone/directory.h"

namespace quartet::sandbox {

class ZoneServer {
 public:
  // Answers REFUSED until something is published. Errors: those of nameserver::Server.
  static absl::StatusOr<std::unique_ptr<ZoneServer>> Open(const dns::Name& apex,
                                                          const nameserver::SocketAddress& listen);

  // On return every later query is answered from `zone`. For one thread at a time.
  void Publish(const std::vector<dns::RecordSet>& zone);
  nameserver::SocketAddress address() const { return server_->addresses().front(); }

 private:
  explicit ZoneServer(const dns::Name& apex) : apex_(apex) {}

  const dns::Name apex_;
  nameserver::Directory directory_;
  // Last: its threads use the directory.
  std::unique_ptr<nameserver::Server> server_;
};

}  // namespace quartet::sandbox
