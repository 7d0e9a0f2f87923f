// Zones in and out of a controller over memory, in all the forms that they are written in.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "admin/zone_files/zone_writer.h"
#include "controller/memory_controller.h"
#include "quartet/admin/v1/zone.pb.h"
#include "replication/digest/digest.h"

namespace quartet::tests {

// Digests over a zone's record sets without SOA and apex NS: as they are served, and who maintains them.
struct Contents {
  replication::Digest served;
  replication::Digest control;
  uint64_t record_sets = 0;
  bool operator==(const Contents&) const = default;
};

class Exchange {
 public:
  Exchange();

  absl::StatusOr<admin::v1::ImportResult> Import(const admin::v1::ImportStart& start, const std::string& text,
                                                 admin::ZoneFormat format);
  // A zone made of the text; its name, "zones/Z…". Fails the test if it can't be made.
  std::string Make(const std::string& domain_name, const std::string& text,
                   admin::ZoneFormat format = admin::ZoneFormat::kZoneFile);
  std::string Export(const std::string& zone, admin::ZoneFormat format);
  Contents ContentsOf(const std::string& zone);
  void Delete(const std::string& zone);

 private:
  controller::MemoryController controller_;
};

}  // namespace quartet::tests
