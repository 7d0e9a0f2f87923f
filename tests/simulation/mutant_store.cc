#include "tests/simulation/mutant_store.h"

#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/feed/secrets.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::simulation {
namespace {

namespace layout = replication::layout;

std::optional<std::string> AsItIs(const store::Reader&, absl::string_view, absl::string_view value) {
  return std::string(value);
}

bool IsRow(absl::string_view key, const std::string& prefix) {
  return absl::StartsWith(key, prefix) && key.size() == prefix.size() + layout::kZoneIdBytes;
}

// No stage is found by a scan.
std::optional<std::string> WithoutStages(const store::Reader&, absl::string_view key,
                                         absl::string_view value) {
  if (IsRow(key, layout::Stage(""))) return std::nullopt;
  return std::string(value);
}

// Zones are vouched for as they are on disk, whatever the log says of them.
std::optional<std::string> VouchedFor(const store::Reader& base, absl::string_view key,
                                      absl::string_view value) {
  stored::v1::ZoneRow row;
  if (!IsRow(key, layout::Zone("")) || !row.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return std::string(value);
  const replication::FullView view(base);
  const absl::StatusOr<replication::DigestKeys> keys = replication::ReadDigestKeys(base);
  const absl::StatusOr<uint64_t> generation = view.ZoneGeneration(row.id());
  if (!generation.ok() || !keys.ok() || !keys->contains(row.digest_key_id())) return std::string(value);
  replication::Hasher hasher(keys->at(row.digest_key_id()));
  replication::Digest digest;
  const absl::Status visited = view.VisitRecords(row.id(), *generation, "", "", [&](const auto& record) {
    digest += hasher.Hash(record.key, record.served);
    return true;
  });
  if (visited.ok()) row.set_served_digest(digest.ToBytes());
  return row.SerializeAsString();
}

// Drained nodes are counted.
std::optional<std::string> Undrained(const store::Reader&, absl::string_view key, absl::string_view value) {
  stored::v1::NodeRow row;
  if (!absl::StartsWith(key, layout::Object(stored::v1::OBJECT_KIND_NODE, "")) || value.size() < 8 ||
      !row.ParseFromArray(value.data() + 8, static_cast<int>(value.size() - 8)) ||
      row.state() != stored::v1::NODE_STATE_DRAINED)
    return std::string(value);
  row.set_state(stored::v1::NODE_STATE_COUNTED);
  return std::string(value.substr(0, 8)) + row.SerializeAsString();
}

}  // namespace

EditValueFn SeenBySequencer(Mutation mutation) {
  return mutation == Mutation::kStagesKeptByNewTerm ? WithoutStages : AsItIs;
}
EditValueFn SeenByPublisher(Mutation mutation) {
  return mutation == Mutation::kUnverifiedReplacement ? VouchedFor : AsItIs;
}
EditValueFn SeenByDriver(Mutation mutation) {
  return mutation == Mutation::kDrainedNodeCounted ? Undrained : AsItIs;
}

}  // namespace quartet::simulation
