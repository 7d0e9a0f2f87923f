// What a verification works with, and what its parts share.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/inspection/quarantine.h"
#include "controller/reports/node_reports.h"
#include "quartet/admin/v1/verify.pb.h"
#include "quartet/replication/v1/feed.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/feed/node_requests.h"
#include "replication/store/store.h"

namespace quartet::controller {

struct VerifyContext {
  store::Store& store;
  NodeReports& reports;
  replication::NodeRequests& requests;
  Quarantine& quarantine;
  // "controllers/c-1".
  std::string controller;
  // Of the log.
  uint64_t epoch = 0;
  // How many there are, about.
  uint64_t zones = 0;
  // Nodes that are not drained, and their nameservers.
  std::map<std::string, std::string> nodes;
  // Tells the caller. False: nobody listens any more.
  std::function<bool(const admin::v1::VerifyResponse&)> tell;
  // Nobody listens any more.
  std::function<bool()> given_up;
  // Before a zone that is on the move is asked for again.
  std::chrono::milliseconds pause{100};

  NodeReports::Patience Patience(std::chrono::seconds most, std::chrono::seconds silence) const {
    return {.deadline = NodeReports::Steady::now() + most, .silence = silence, .given_up = given_up};
  }
};

// The zone as nodes of that nameserver should have it, now; nullopt: not at all.
absl::StatusOr<std::optional<stored::v1::NodeZoneRow>> ExpectedZone(const store::Reader& reader,
                                                                    const std::string& zone_id,
                                                                    const std::string& nameserver);
// FAILED_PRECONDITION: the page of a report that begins with this part is of a node that can't be compared, for it has
// nothing yet, or is of another epoch.
absl::Status CheckPage(const VerifyContext& context, const quartet::replication::v1::ReportPart& part);

// Its domain name, for people; its id if it has none.
std::string ZoneName(const store::Reader& reader, const std::string& zone_id);

}  // namespace quartet::controller
