#include "controller/imports/admission.h"

#include "absl/strings/str_cat.h"

namespace quartet::controller {

absl::StatusOr<std::unique_ptr<TurnLine::Turn>> TurnLine::Wait(Pulse& pulse) {
  std::unique_lock<std::mutex> lock(mutex_);
  const uint64_t mine = next_++;
  line_.insert(mine);
  while (*line_.begin() != mine) {
    ended_.wait_for(lock, Pulse::kInterval);
    if (absl::Status status = pulse.Again(); !status.ok()) {
      line_.erase(mine);
      ended_.notify_all();
      return status;
    }
  }
  return std::make_unique<Turn>(*this);
}

void TurnLine::End() {
  const std::lock_guard<std::mutex> lock(mutex_);
  line_.erase(line_.begin());
  ended_.notify_all();
}

absl::StatusOr<std::unique_ptr<ImportAdmission::Entry>> ImportAdmission::Enter() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (count_ >= most_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        count_, " imports are under way, and no more are taken at once; try again when one has ended"));
  }
  ++count_;
  return std::make_unique<Entry>(*this);
}

absl::Status ImportAdmission::Entry::TakeZone(const std::string& zone_id) {
  const std::lock_guard<std::mutex> lock(admission_.mutex_);
  if (!admission_.zones_.insert(zone_id).second) {
    return absl::AbortedError("another import of this zone is running; try again when it has ended");
  }
  zone_id_ = zone_id;
  return absl::OkStatus();
}

ImportAdmission::Entry::~Entry() {
  const std::lock_guard<std::mutex> lock(admission_.mutex_);
  --admission_.count_;
  if (!zone_id_.empty()) admission_.zones_.erase(zone_id_);
}

}  // namespace quartet::controller
