#include "controller/verify/zone_judgement.h"

#include "absl/strings/str_cat.h"
#include "replication/digest/digest.h"

namespace quartet::controller {
namespace {

using quartet::replication::v1::ZoneReport;
using Kind = Judgement::Kind;

std::string Hex(const std::string& digest) { return replication::Digest::FromBytes(digest).ToHex(); }

Judgement JudgeBehind(const stored::v1::NodeZoneRow& expected, const ZoneReport& report) {
  // One that stopped, or is to be fetched because it differs, is told as what it is.
  if (report.digest() != expected.served_digest()) {
    return {Kind::kDiffers, absl::StrCat("BEHIND: ", report.behind())};
  }
  return {Kind::kUncompared, absl::StrCat("BEHIND: ", report.behind()), true};
}

}  // namespace

Judgement Judge(const std::optional<stored::v1::NodeZoneRow>& expected, uint64_t epoch,
                const ZoneReport* report) {
  // An entry that makes or removes it, or assigns it elsewhere, may be on its way.
  if (report == nullptr) {
    return expected.has_value() ? Judgement{Kind::kMissing, "it has not this zone", true} : Judgement{};
  }
  if (!expected.has_value()) return {Kind::kExtra, "the zone is not its nameserver's", true};
  if (report->epoch() != epoch || report->revision() != expected->revision()) {
    if (!report->behind().empty())
      return {Kind::kUncompared, absl::StrCat("BEHIND: ", report->behind()), true};
    return {
        Kind::kUncompared,
        absl::StrCat("it is at revision ", report->revision(), ", the controller at ", expected->revision()),
        true};
  }
  if (!report->behind().empty()) return JudgeBehind(*expected, *report);
  const bool recomputed = !report->recomputed_digest().empty();
  if (recomputed && report->recomputed_digest() != report->digest()) {
    return {Kind::kDamaged,
            absl::StrCat("its record sets add up to digest ", Hex(report->recomputed_digest()),
                         ", its row says ", Hex(report->digest()))};
  }
  if (report->digest() != expected->served_digest() || report->digest_key_id() != expected->digest_key_id() ||
      report->record_sets() != expected->record_sets()) {
    return {Kind::kDiffers,
            absl::StrCat(report->record_sets(), " record sets with digest ", Hex(report->digest()),
                         " instead of ", expected->record_sets(), " with ", Hex(expected->served_digest()))};
  }
  return {};
}

}  // namespace quartet::controller
