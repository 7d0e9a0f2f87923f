#include "controller/zones/record_set_message.h"

#include "dns/record_set/record_set.h"
#include "replication/record/record_value.h"

namespace quartet::controller {

using replication::FullView;

absl::StatusOr<admin::v1::RecordSet> RecordSetMessage(const FullView::Record& record, const dns::Name& apex,
                                                      ValueForm form) {
  absl::StatusOr<dns::RecordSet> record_set = replication::DecodeServed(record.key, record.served, apex);
  if (!record_set.ok()) return absl::DataLossError(record_set.status().message());
  absl::StatusOr<replication::Control> control = replication::DecodeControl(record.control);
  if (!control.ok()) return absl::DataLossError(control.status().message());
  admin::v1::RecordSet message;
  message.set_owner(record_set->owner().ToString());
  message.set_type(dns::TypeName(record_set->type()));
  message.set_ttl(record_set->ttl());
  for (const dns::RecordData& data : record_set->records()) {
    message.add_values(form == ValueForm::kJoined ? data.ToJoinedString() : data.ToString());
  }
  message.set_writer(control->writer);
  message.set_comment(control->comment);
  return message;
}

}  // namespace quartet::controller
