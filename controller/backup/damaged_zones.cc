#include "controller/backup/damaged_zones.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/feed/secrets.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/replica/zone_digester.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;
using replication::Digest;

constexpr size_t kFirst = 100;
constexpr size_t kStepBytes = 1 << 20;

class Search {
 public:
  Search(const store::Reader& replica, replication::DigestKeys keys)
      : replica_(replica), keys_(std::move(keys)) {}

  void Look(const std::string& id, const std::string& bytes) {
    ++found_.zones;
    stored::v1::ZoneRow row;
    if (!row.ParseFromString(bytes)) return Damaged(id, "", "its row is damaged");
    const absl::StatusOr<uint64_t> generation = replication::FullView(replica_).ZoneGeneration(id);
    if (!generation.ok()) return Damaged(id, row.name(), generation.status().message());
    replication::Hasher* hasher = HasherOf(row.digest_key_id());
    if (hasher == nullptr) {
      return Damaged(id, row.name(), absl::StrCat("digest key ", row.digest_key_id(), " is not here"));
    }
    found_.record_sets += row.record_sets();
    Compare(row, layout::Generation(id, *generation), row.served_digest(), *hasher);
    Compare(row, layout::ControlGeneration(id, *generation), row.control_digest(), *hasher);
  }

  DamagedZones Take() { return std::move(found_); }

 private:
  void Compare(const stored::v1::ZoneRow& row, const std::string& prefix, const std::string& digest,
               replication::Hasher& hasher) {
    if (last_damaged_ == row.id()) return;
    replication::ZoneDigester read(replica_, prefix, hasher);
    while (!read.Step(kStepBytes)) {
    }
    if (!read.status().ok()) return Damaged(row.id(), row.name(), read.status().message());
    if (read.digest() == Digest::FromBytes(digest) && read.record_sets() == row.record_sets()) return;
    Damaged(row.id(), row.name(),
            absl::StrCat("its ", read.record_sets(), " record sets add up to digest ", read.digest().ToHex(),
                         " instead of ", Digest::FromBytes(digest).ToHex(), " of ", row.record_sets()));
  }

  replication::Hasher* HasherOf(uint32_t key_id) {
    const auto key = keys_.find(key_id);
    if (key == keys_.end()) return nullptr;
    std::unique_ptr<replication::Hasher>& hasher = hashers_[key_id];
    if (hasher == nullptr) hasher = std::make_unique<replication::Hasher>(key->second);
    return hasher.get();
  }

  void Damaged(const std::string& id, const std::string& name, absl::string_view reason) {
    last_damaged_ = id;
    ++found_.damaged;
    if (found_.first.size() >= kFirst) return;
    stored::v1::DamagedZone& zone = found_.first.emplace_back();
    zone.set_zone_id(id);
    zone.set_name(name);
    zone.set_reason(std::string(reason));
  }

  const store::Reader& replica_;
  const replication::DigestKeys keys_;
  std::map<uint32_t, std::unique_ptr<replication::Hasher>> hashers_;
  std::string last_damaged_;
  DamagedZones found_;
};

}  // namespace

absl::StatusOr<DamagedZones> FindDamagedZones(const store::Reader& replica) {
  absl::StatusOr<replication::DigestKeys> keys = replication::ReadDigestKeys(replica);
  if (!keys.ok()) return keys.status();
  Search search(replica, *std::move(keys));
  const std::string prefix = layout::Zone("");
  const std::unique_ptr<store::Iterator> rows = replica.Scan(prefix, store::PrefixEnd(prefix));
  for (; rows->Valid(); rows->Next())
    search.Look(std::string(rows->key().substr(prefix.size())), std::string(rows->value()));
  if (!rows->status().ok()) return rows->status();
  return search.Take();
}

}  // namespace quartet::controller
