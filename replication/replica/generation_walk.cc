#include "replication/replica/generation_walk.h"

#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

std::unique_ptr<store::Iterator> ScanAll(const store::Reader& reader, const std::string& prefix) {
  return reader.Scan(prefix, store::PrefixEnd(prefix));
}

}  // namespace

GenerationWalk::GenerationWalk(const store::Reader& reader, const std::string& zone_id, uint64_t generation)
    : prefix_bytes_(layout::kGenerationBytes),
      served_(ScanAll(reader, layout::Generation(zone_id, generation))),
      control_(ScanAll(reader, layout::ControlGeneration(zone_id, generation))) {}

void GenerationWalk::Next() {
  served_->Next();
  control_->Next();
}

absl::Status GenerationWalk::Check() const {
  if (!served_->status().ok()) return served_->status();
  if (!control_->status().ok()) return control_->status();
  if (has() != control_->Valid() || (has() && control_->key().substr(prefix_bytes_) != key())) {
    return absl::DataLossError("a zone's record sets and their control parts don't match");
  }
  return absl::OkStatus();
}

}  // namespace quartet::replication
