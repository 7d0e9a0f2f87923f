// Many zones made in one call: requests come, and answers go, while others are under way.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "controller/caller.h"
#include "controller/creation/zone_creator.h"
#include "controller/request_host.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

// The client's end. Read is called by one thread, Write by another.
class CreationPeer {
 public:
  virtual ~CreationPeer() = default;
  // Blocks. False: the client sends no more, or has gone.
  virtual bool Read(admin::v1::CreateZoneRequest* request) = 0;
  // Blocks. False: it has gone.
  virtual bool Write(const admin::v1::CreateZonesResponse& response) = 0;
};

struct CreationLimits {
  // Requests under way at a time, and bytes of them (one request may be larger).
  size_t requests = 256;
  size_t bytes = size_t{8} << 20;
};

// Takes requests until there are no more, and returns once all of them are made or refused, and told in their order as long
// as the client is there. Reading is done on the caller's thread, telling on one of its own.
void CreateZones(const Caller& caller, RequestHost& host, CreationPeer& peer, const CreationLimits& limits);

}  // namespace quartet::controller
