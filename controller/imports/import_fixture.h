// Imports against a sequencer over memory, for tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/host.h"
#include "controller/imports/importer.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

// Says what it was made with, in order.
class ScriptedStream : public ImportStream {
 public:
  explicit ScriptedStream(std::vector<admin::v1::ImportZoneRequest> messages)
      : messages_(std::move(messages)) {}

  absl::StatusOr<admin::v1::ImportZoneRequest> Read() override;
  void Tell(const admin::v1::ImportProgress& progress) override { told.push_back(progress); }
  absl::Status Send(admin::v1::ImportZoneResponse response) override;
  bool gone() const override { return gone_; }

  void Go() { gone_ = true; }

  std::vector<admin::v1::ImportProgress> told;
  std::vector<admin::v1::RecordSetEffect> effects;

 private:
  const std::vector<admin::v1::ImportZoneRequest> messages_;
  size_t next_ = 0;
  bool gone_ = false;
};

// Start, what is behind it in pieces, end.
std::vector<admin::v1::ImportZoneRequest> Messages(const admin::v1::ImportStart& start,
                                                   absl::string_view text);
std::vector<admin::v1::ImportZoneRequest> Messages(
    const admin::v1::ImportStart& start, const std::vector<admin::v1::ImportedRecordSet>& record_sets);

// Each proposal is a group of its own, committed at once.
class ImportTest : public PlanTest, protected Host {
 protected:
  ImportTest();

  // Limits so low that nearly everything is staged, in chunks of a few record sets.
  static ZoneImporter::Options SmallOptions();
  void Open(const ZoneImporter::Options& options);

  absl::StatusOr<Imported> Import(const admin::v1::ImportStart& start, absl::string_view text);
  absl::StatusOr<Imported> Import(const admin::v1::ImportStart& start,
                                  const std::vector<admin::v1::ImportedRecordSet>& record_sets);
  static admin::v1::ImportStart Merge(const std::string& zone_id);
  static admin::v1::ImportStart Replace(const std::string& zone_id, uint64_t if_revision);
  static admin::v1::ImportStart Force(const std::string& zone_id);
  static admin::v1::ImportStart NewZoneStart(const std::string& name);

  // A zone filled from `text` the small way; its id.
  std::string MakeZone(const std::string& name, absl::string_view text);
  absl::StatusOr<Outcome> Upsert(const std::string& zone_id, const std::string& owner,
                                 const std::string& address);

  stored::v1::ZoneRow Row(const std::string& zone_id);
  // Its record sets as "owner ttl type value | value", but for the SOA; and that they are what the row's digests say.
  std::vector<std::string> Contents(const std::string& zone_id);
  bool StageIsOpen() { return !view_.Stages()->empty(); }

  // Host.
  const store::Store& replica() const override { return store_; }
  void ProposeAsync(Proposal proposal, Sequencer::Done done) override;
  uint64_t ZonesOf(const std::string&) const override { return 0; }
  std::vector<NodePlace> Connected(const std::vector<std::string>&) const override {
    return connected_ ? connected_() : std::vector<NodePlace>();
  }
  std::unique_ptr<Watch> WatchNodes(std::function<void()> moved) override;

  // Called before each proposal of an import is judged, with how many there were before.
  std::function<void(size_t)> before_proposal_;
  size_t proposals_ = 0;
  // The nodes of any zone; none without it.
  std::function<std::vector<NodePlace>()> connected_;
  // To be called when they have moved.
  std::function<void()> moved_;
  std::unique_ptr<ZoneImporter> importer_;
  // Of the import under way.
  ScriptedStream* stream_ = nullptr;
  std::vector<admin::v1::ImportProgress> told_;
  std::vector<admin::v1::RecordSetEffect> effects_;

 private:
  absl::StatusOr<Imported> Run(std::vector<admin::v1::ImportZoneRequest> messages);
};

}  // namespace quartet::controller
