// A stored record set as the admin API shows it.
#pragma once

#include "absl/status/statusor.h"
#include "dns/name/name.h"
#include "quartet/admin/v1/record_set.pb.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {

// How values are written.
enum class ValueForm {
  // Text that was split for its length only is in one pair of quotes, for people.
  kJoined,
  // Strings have 255 octets at most, as other servers read them.
  kZoneFile,
};

// DATA_LOSS: it can't be read.
absl::StatusOr<admin::v1::RecordSet> RecordSetMessage(const replication::FullView::Record& record,
                                                      const dns::Name& apex,
                                                      ValueForm form = ValueForm::kJoined);

}  // namespace quartet::controller
