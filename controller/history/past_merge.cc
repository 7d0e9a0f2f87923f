#include "controller/history/past_merge.h"

namespace quartet::controller {

absl::Status PastMerge::Side::Advance() {
  if (records == nullptr || !std::exchange(past, false)) return absl::OkStatus();
  absl::StatusOr<bool> more = records->Next();
  if (!more.ok()) return more.status();
  has = *more;
  return absl::OkStatus();
}

void PastMerge::Side::Show(bool show) {
  past = show;
  value = show ? std::optional<Value>({records->served(), records->control()}) : std::nullopt;
}

absl::StatusOr<bool> PastMerge::Next() {
  if (absl::Status status = before_.Advance(); !status.ok()) return status;
  if (absl::Status status = after_.Advance(); !status.ok()) return status;
  if (!before_.has && !after_.has) return false;
  const int order = !before_.has  ? 1
                    : !after_.has ? -1
                                  : before_.records->key().compare(after_.records->key());
  key_ = order <= 0 ? before_.records->key() : after_.records->key();
  before_.Show(order <= 0);
  after_.Show(order >= 0);
  return true;
}

}  // namespace quartet::controller
