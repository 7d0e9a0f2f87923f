// A zone's record sets as they were at a revision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/history/zone_past.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/replica/generation_walk.h"
#include "replication/replica/record_changes.h"

namespace quartet::controller {

// In order of their keys: those of a generation, with before-images in their place. The generation is the one that the
// first flip behind the revision replaced, or else the live one; the images are those of the revisions behind it, up to that
// flip, of which the oldest says what was there.
//
// Memory: `window_bytes` of images, one revision's own, and one record set. Images that don't fit are read again once the
// walk has come to them; so all of a history of 1 GiB is read at most 1 GiB / window_bytes times, and mostly once.
//
// Not thread-safe. The past must outlive it.
class PastRecords {
 public:
  static constexpr size_t kWindowBytes = size_t{32} << 20;

  // Errors as ZonePast's.
  static absl::StatusOr<std::unique_ptr<PastRecords>> At(const ZonePast& past, uint64_t revision,
                                                         size_t window_bytes = kWindowBytes);

  // False: that was all, and it is what the zone's digests were made of then. DATA_LOSS: it is not, or something is
  // damaged.
  absl::StatusOr<bool> Next();
  // Views, until Next.
  absl::string_view key() const { return key_; }
  absl::string_view served() const { return served_; }
  absl::string_view control() const { return control_; }

 private:
  PastRecords(const ZonePast& past, uint64_t revision, size_t window_bytes, stored::v1::ZoneRow row,
              const std::string& digest_key);
  struct Image {
    std::string served;
    std::string control;
  };
  static size_t BytesOf(const std::string& key, const Image& image);

  absl::Status Fill(const std::string& begin);
  void Take(stored::v1::HistoryRecord& image);
  bool FromImage();
  void FromGeneration();
  absl::StatusOr<bool> End();

  const ZonePast& past_;
  const uint64_t revision_;
  const size_t window_bytes_;
  // The zone's, at that revision.
  const stored::v1::ZoneRow row_;
  replication::Hasher hasher_;
  replication::ZoneTotals totals_;

  std::unique_ptr<replication::GenerationWalk> walk_;
  // What Next gave is the walk's: it has to be gone past.
  bool past_walk_ = false;
  // Those with begin_ <= key < end_ of the window; without served part: there was nothing.
  std::map<std::string, Image> images_;
  std::string begin_;
  std::optional<std::string> end_;
  size_t bytes_ = 0;
  // What Next gave, if it is an image.
  std::map<std::string, Image>::node_type given_;

  absl::string_view key_;
  absl::string_view served_;
  absl::string_view control_;
};

}  // namespace quartet::controller
