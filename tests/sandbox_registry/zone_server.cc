#include "tests/sandbox_registry/zone_server.h"

#include <utility>

#include "dns/base/check.h"
#include "nameserver/serve/directory_responder.h"
#include "nameserver/standalone/zone_template.h"
#include "nameserver/zone/tree.h"

namespace quartet::sandbox {
namespace {

constexpr absl::string_view kZoneId = "Z0000000000000";

}  // namespace

absl::StatusOr<std::unique_ptr<ZoneServer>> ZoneServer::Open(const dns::Name& apex,
                                                             const nameserver::SocketAddress& listen) {
  std::unique_ptr<ZoneServer> server(new ZoneServer(apex));
  nameserver::ServeOptions options;
  options.listen = {listen};
  options.workers = 1;
  absl::StatusOr<std::unique_ptr<nameserver::Server>> opened =
      nameserver::Server::Open(options, nameserver::AnswerFrom(server->directory_));
  if (!opened.ok()) return opened.status();
  server->server_ = *std::move(opened);
  return server;
}

void ZoneServer::Publish(const std::vector<dns::RecordSet>& zone) {
  nameserver::ZoneBuilder builder(apex_);
  for (const nameserver::ZoneRecord& record : nameserver::EncodeZone(zone, apex_)) {
    QUARTET_CHECK(builder.Add(record.key, record.served).ok());
  }
  QUARTET_CHECK(directory_.Install(kZoneId, std::move(builder)).ok());
  directory_.Publish();
}

}  // namespace quartet::sandbox
