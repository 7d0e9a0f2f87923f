#include "controller/restore/record_differences.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/name/canonical_key.h"
#include "dns/name/name.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;
using admin::v1::RestoredRecordSet;
using replication::v1::RecordReport;
using replication::v1::ReportPart;
using replication::v1::ZoneReport;

}  // namespace

absl::StatusOr<std::unique_ptr<RecordDifferences>> RecordDifferences::Create(const store::Reader& replica,
                                                                             const std::string& zone_id,
                                                                             NodeFindings& nodes) {
  absl::StatusOr<replication::DigestKeys> keys = replication::ReadDigestKeys(replica);
  if (!keys.ok()) return keys.status();
  std::unique_ptr<RecordDifferences> made(new RecordDifferences(replica, *std::move(keys), nodes));
  const replication::FullView view(replica);
  const absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = view.Zone(zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value() || (*row)->state() == stored::v1::ZONE_STATE_DELETED) return made;
  const absl::StatusOr<uint64_t> generation = view.ZoneGeneration(zone_id);
  if (!generation.ok()) return generation.status();
  made->prefix_ = layout::Generation(zone_id, *generation);
  made->apex_ = (*row)->name();
  return made;
}

absl::Status RecordDifferences::OnPart(const std::string& node, const ReportPart& part) {
  nodes_.Cursor(node, part);
  for (const ZoneReport& zone : part.zones()) {
    if (telling_.contains(node) || zone.revision() == 0) continue;
    if (absl::Status status = Begin(node, zone); !status.ok()) return status;
  }
  const auto telling = telling_.find(node);
  if (telling == telling_.end()) return absl::OkStatus();
  for (const RecordReport& record : part.records()) {
    absl::Status status = PassedOver(node, telling->second, record.key());
    if (status.ok()) status = Compare(node, telling->second, record);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// A node that lacks the zone whole is named with the zone, not with each of its record sets.
void RecordDifferences::OnEnd(const std::string& node, const absl::Status& status) {
  absl::Status ended = status;
  const auto telling = telling_.find(node);
  if (telling != telling_.end()) {
    if (ended.ok()) ended = PassedOver(node, telling->second, "");
    telling_.erase(telling);
  }
  nodes_.Ended(node, ended);
}

absl::Status RecordDifferences::Begin(const std::string& node, const ZoneReport& zone) {
  const auto key = keys_.find(zone.digest_key_id());
  if (key == keys_.end()) {
    return absl::FailedPreconditionError(
        absl::StrCat("it has the zone under digest key ", zone.digest_key_id(), ", which is not here"));
  }
  if (apex_.empty()) apex_ = zone.name();
  Telling telling{replication::Hasher(key->second), nullptr};
  if (prefix_.has_value()) telling.here = replica_.Scan(*prefix_, store::PrefixEnd(*prefix_));
  telling_.emplace(node, std::move(telling));
  return absl::OkStatus();
}

absl::Status RecordDifferences::PassedOver(const std::string& node, Telling& telling, absl::string_view key) {
  if (telling.here == nullptr) return absl::OkStatus();
  for (; telling.here->Valid(); telling.here->Next()) {
    const absl::string_view here = telling.here->key().substr(prefix_->size());
    if (!key.empty() && here >= key) break;
    absl::Status added = Add(node, RestoredRecordSet::KIND_RETURNS, here);
    if (!added.ok()) return added;
  }
  return telling.here->status();
}

absl::Status RecordDifferences::Compare(const std::string& node, Telling& telling,
                                        const RecordReport& record) {
  const bool here = telling.here != nullptr && telling.here->Valid() &&
                    telling.here->key().substr(prefix_->size()) == record.key();
  if (!here) return Add(node, RestoredRecordSet::KIND_LOST, record.key());
  const bool same = telling.hasher.Hash(record.key(), telling.here->value()).ToBytes() == record.digest();
  telling.here->Next();
  return same ? absl::OkStatus() : Add(node, RestoredRecordSet::KIND_CHANGES, record.key());
}

absl::Status RecordDifferences::Add(const std::string& node, RestoredRecordSet::Kind kind,
                                    absl::string_view key) {
  const absl::StatusOr<Differing*> at = differing_.At(key);
  if (!at.ok()) return at.status();
  if (*at == nullptr) return absl::OkStatus();
  // Nodes that differ from one another: what one of them has otherwise is the least that happens.
  if ((*at)->kind == RestoredRecordSet::KIND_UNSPECIFIED) (*at)->kind = kind;
  if ((*at)->kind != kind) (*at)->kind = RestoredRecordSet::KIND_CHANGES;
  (*at)->nodes.Add(node);
  return absl::OkStatus();
}

void RecordDifferences::Write(admin::v1::Restore& restore) const {
  restore.set_records_total(differing_.total());
  const absl::StatusOr<dns::Name> apex =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(apex_.data()), apex_.size()});
  for (const auto& [key, record] : differing_.items()) {
    RestoredRecordSet& out = *restore.add_records();
    const absl::StatusOr<replication::RecordKeyParts> parts = replication::SplitRecordKey(key);
    // A key that is none comes from a node that tells nonsense.
    if (parts.ok() && apex.ok()) {
      const absl::StatusOr<dns::Name> owner = dns::NameFromCanonicalKey(parts->owner_key, *apex);
      out.set_owner(owner.ok() ? owner->ToString() : "");
      out.set_type(dns::TypeName(parts->type));
    }
    out.set_kind(record.kind);
    for (const std::string& node : record.nodes.first()) out.add_nodes(absl::StrCat("nodes/", node));
  }
}

}  // namespace quartet::controller
