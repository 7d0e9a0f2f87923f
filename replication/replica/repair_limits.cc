#include "replication/replica/repair_limits.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

constexpr char kRepair[] = "node/repair/";
constexpr size_t kTimeBytes = 8;

}  // namespace

absl::StatusOr<RepairLimits> RepairLimits::Read(const store::Reader& reader) {
  const std::string prefix = layout::Meta(kRepair);
  RepairLimits limits;
  std::unique_ptr<store::Iterator> it = reader.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    const absl::string_view rest = it->key().substr(prefix.size());
    if (rest.size() != kTimeBytes + layout::kZoneIdBytes) {
      return absl::DataLossError(
          "this node's replica is damaged (node/repair); empty its directory and start the node again");
    }
    limits.repairs_.push_back(
        {static_cast<int64_t>(layout::ReadBigEndian64(rest.substr(0, kTimeBytes))), std::string(it->key())});
  }
  if (!it->status().ok()) return it->status();
  return limits;
}

void RepairLimits::Slide(int64_t now_us) {
  for (auto later = repairs_.rbegin(); later != repairs_.rend() && later->time_us > now_us; ++later) {
    later->time_us = now_us;
  }
  for (; !repairs_.empty() && repairs_.front().time_us <= now_us - kWindowUs; repairs_.pop_front()) {
    gone_.push_back(std::move(repairs_.front().key));
  }
}

bool RepairLimits::Exhausted(size_t zones, int64_t now_us) { return Counted(now_us) >= Allowed(zones); }

size_t RepairLimits::Counted(int64_t now_us) {
  Slide(now_us);
  return repairs_.size();
}

int64_t RepairLimits::FreeAtUs() const {
  QUARTET_CHECK(!repairs_.empty());
  return repairs_.front().time_us + kWindowUs;
}

void RepairLimits::Count(store::Overlay& out, absl::string_view zone_id, int64_t now_us) {
  Slide(now_us);
  for (; !gone_.empty(); gone_.pop_front()) out.Delete(gone_.front());
  std::string key = layout::Meta(absl::StrCat(
      kRepair, layout::BigEndian64(static_cast<uint64_t>(std::max<int64_t>(now_us, 0))), zone_id));
  out.Put(key, "");
  repairs_.push_back({now_us, std::move(key)});
}

}  // namespace quartet::replication
