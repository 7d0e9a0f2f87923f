#include "nameserver/node/outage.h"

#include "absl/strings/str_cat.h"

namespace quartet::nameserver {

bool Outage::Happened(int64_t now_us, const std::string& reason) {
  reason_ = reason;
  if (active()) return DueAgain(now_us);
  since_us_ = now_us;
  interval_us_ = kFirstIntervalUs;
  next_us_ = now_us + interval_us_;
  return true;
}

std::optional<int64_t> Outage::Over(int64_t now_us) {
  if (!active()) return std::nullopt;
  const int64_t lasted = LastedUs(now_us);
  since_us_.reset();
  return lasted;
}

bool Outage::DueAgain(int64_t now_us) {
  if (!active() || now_us < next_us_) return false;
  interval_us_ *= 2;
  next_us_ = now_us + interval_us_;
  return true;
}

std::string ForPeople(int64_t duration_us) {
  const int64_t seconds = duration_us / 1'000'000;
  if (seconds < 60) return absl::StrCat(seconds, " s");
  if (seconds < 3600) return absl::StrCat(seconds / 60, " min");
  const int64_t minutes = seconds / 60 % 60;
  return minutes == 0 ? absl::StrCat(seconds / 3600, " h")
                      : absl::StrCat(seconds / 3600, " h ", minutes, " min");
}

}  // namespace quartet::nameserver
