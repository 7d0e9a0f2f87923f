#include "nameserver/node/node_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nameserver/node/outage.h"
#include "replication/base/log.h"
#include "replication/store/rocks_store.h"
#include "replication/store/set_aside.h"

namespace quartet::nameserver {
namespace {

// Whoever reads the store lets go of it within milliseconds.
constexpr std::chrono::milliseconds kPatience{2000};
// A disk that damages whatever is written to it must not cost the controller a fill a second.
constexpr int64_t kFirstWaitUs = 10'000'000;
constexpr int64_t kLongestWaitUs = 600'000'000;
// After so long without damage it is the first one again.
constexpr int64_t kForgivenUs = 3600'000'000;

}  // namespace

absl::StatusOr<std::unique_ptr<NodeStore>> NodeStore::Open(const std::string& directory,
                                                           replication::Clock& clock) {
  std::unique_ptr<NodeStore> node(new NodeStore(directory, clock));
  absl::StatusOr<std::unique_ptr<store::Store>> store = node->OpenOrMakeAnew();
  if (!store.ok()) return store.status();
  node->store_ = std::make_unique<store::ReplaceableStore>(*std::move(store));
  return node;
}

absl::StatusOr<std::unique_ptr<store::Store>> NodeStore::OpenOrMakeAnew() {
  absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenRocksStore(directory_);
  return absl::IsDataLoss(store.status()) ? MakeAnew(store.status()) : std::move(store);
}

absl::StatusOr<std::unique_ptr<store::Store>> NodeStore::MakeAnew(const absl::Status& why) {
  const absl::StatusOr<std::string> kept = store::SetAside(directory_, clock_.WallMicros() / 1'000'000);
  if (!kept.ok()) return kept.status();
  absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenRocksStore(directory_);
  if (!store.ok()) return store;
  not_kept_ = kept->empty();
  LogError("{}. {}; all zones are fetched anew from the controller", std::string(why.message()),
           not_kept_ ? "There was nothing of it, or no room, to keep it" : "Now it is set aside in " + *kept);
  return store;
}

absl::Status NodeStore::CheckNotTooOften() const {
  const int64_t now = clock_.MonotonicMicros();
  if (now >= next_us_) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the database in ", directory_,
                                             " was made anew a moment ago, and is damaged again: see to "
                                             "its disk; it is made anew again in ",
                                             ForPeople(next_us_ - now)));
}

void NodeStore::MadeAnew() {
  const int64_t now = clock_.MonotonicMicros();
  if (now - next_us_ > kForgivenUs) wait_us_ = 0;
  wait_us_ = std::clamp(2 * wait_us_, kFirstWaitUs, kLongestWaitUs);
  next_us_ = now + wait_us_;
}

absl::StatusOr<Replica::Renewed> NodeStore::Renew(const absl::Status& why) {
  const bool damaged = absl::IsDataLoss(why);
  if (damaged) {
    if (absl::Status allowed = CheckNotTooOften(); !allowed.ok()) return allowed;
  }
  absl::Status replaced =
      store_->Replace(kPatience, [&] { return damaged ? MakeAnew(why) : OpenOrMakeAnew(); });
  if (!replaced.ok()) return replaced;
  // It may have been made anew by an earlier call, which failed then.
  const std::unique_ptr<store::Iterator> first = store_->Scan("", "");
  if (!first->Valid() && first->status().ok()) {
    MadeAnew();
    return Replica::Renewed::kEmpty;
  }
  LogInfo("the database in {} was opened anew", directory_);
  return Replica::Renewed::kSame;
}

std::string NodeStore::Alarm() const {
  const std::string kept = store::FindSetAside(directory_);
  if (!kept.empty()) {
    return absl::StrCat("its database was damaged and was made anew; what is left of it is in ", kept,
                        ": see to the disk, then remove that");
  }
  if (!not_kept_) return "";
  return "its database was lost or damaged, was made anew, and could not be kept: see to the disk";
}

}  // namespace quartet::nameserver
