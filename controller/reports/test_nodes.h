// Nodes of tests, which answer inquiries as real ones do, or otherwise.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "controller/reports/node_reports.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/node_requests.h"

namespace quartet::controller {

// Thread-safe, but for what is set up before anybody asks. Answers come on the asking thread, before Inquire returns.
class TestNodes : public replication::NodeRequests {
 public:
  struct Node {
    replication::v1::ReportPart cursor;
    std::map<std::string, replication::v1::ZoneReport> zones;
    // Of each zone, by key.
    std::map<std::string, std::map<std::string, std::string>> records;
    // What they hold, for DEPTH_CONTENTS.
    std::map<std::string, std::map<std::string, std::string>> served;
    // Zones or records in a part.
    size_t part = 2;
    bool silent = false;
    // Parts that it tells in place of the truth, whatever is asked.
    std::vector<replication::v1::ReportPart> lies;
  };

  // All of them are connected.
  std::map<std::string, Node> nodes;
  // Set before anybody asks.
  NodeReports* reports = nullptr;

  absl::Status Inquire(const std::string& node, const replication::v1::Inquiry& inquiry) override;
  absl::Status AllowRepair(const std::string& node, const std::string& zone_id) override;
  absl::Status CompareZones(const std::string& node, const replication::v1::CompareZones& zones) override;

  // So far.
  std::vector<replication::v1::Inquiry> asked(const std::string& node) const;

 private:
  void Answer(const std::string& name, const Node& node, const replication::v1::Inquiry& inquiry);

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<replication::v1::Inquiry>> asked_;
};

// Zone ids of tests, in order of their numbers.
std::string TestZoneId(int number);
replication::v1::ZoneReport TestZone(int number, uint64_t revision, char digest = 'd');

}  // namespace quartet::controller
