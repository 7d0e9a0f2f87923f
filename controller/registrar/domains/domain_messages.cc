#include "controller/registrar/domains/domain_messages.h"

#include <google/protobuf/util/time_util.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_facts.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using google::protobuf::util::TimeUtil;

std::string NameIn(absl::string_view collection, const std::string& id) {
  return id.empty() ? "" : absl::StrCat(collection, id);
}

v1::DomainDs DsMessage(const stored::v1::DomainDsRow& row) {
  v1::DomainDs ds;
  ds.set_key_tag(row.key_tag());
  ds.set_algorithm(row.algorithm());
  ds.set_digest_type(row.digest_type());
  ds.set_digest(absl::AsciiStrToUpper(absl::BytesToHexString(row.digest())));
  ds.set_flags(row.flags());
  ds.set_public_key(absl::Base64Escape(row.public_key()));
  return ds;
}

}  // namespace

v1::Domain DomainMessage(const stored::v1::DomainRow& row) {
  v1::Domain domain;
  domain.set_name(NameIn("domains/", row.name()));
  // Both count alike.
  domain.set_state(static_cast<v1::Domain::State>(row.state()));
  domain.set_operation(NameIn("domainOperations/", row.operation()));
  domain.set_registry(NameIn("registries/", row.registry()));
  domain.set_account(row.account());
  domain.set_zone(NameIn("zones/", row.zone_id()));
  *domain.mutable_nameservers() = row.nameservers();
  const auto time = [](int64_t time_us) { return TimeUtil::MicrosecondsToTimestamp(time_us); };
  if (row.create_time_us() != 0) *domain.mutable_create_time() = time(row.create_time_us());
  if (row.expiry_time_us() != 0) *domain.mutable_expire_time() = time(row.expiry_time_us());
  if (row.refresh_time_us() != 0) *domain.mutable_refresh_time() = time(row.refresh_time_us());
  domain.set_auto_renew(row.auto_renew());
  domain.set_locked(IsLocked(row));
  *domain.mutable_statuses() = row.statuses();
  for (const stored::v1::DomainContactRow& contact : row.contacts()) {
    v1::DomainContact& one = *domain.add_contacts();
    one.set_role(contact.role());
    one.set_contact(contact.contact());
  }
  for (const stored::v1::DomainDsRow& ds : row.ds()) *domain.add_ds() = DsMessage(ds);
  domain.set_roid(row.roid());
  domain.set_stripe(NameIn("stripes/", row.stripe()));
  return domain;
}

v1::DomainOperation OperationMessage(const stored::v1::DomainOperationRow& row) {
  v1::DomainOperation operation;
  operation.set_name(NameIn("domainOperations/", row.id()));
  // These count alike, here and there.
  operation.set_kind(static_cast<v1::DomainOperation::Kind>(row.kind()));
  operation.set_state(static_cast<v1::DomainOperation::State>(row.state()));
  operation.set_domain(NameIn("domains/", row.domain()));
  for (const stored::v1::DomainStepRow& step : row.steps()) {
    v1::DomainStep& one = *operation.add_steps();
    one.set_step(static_cast<v1::DomainOperation::Step>(step.step()));
    *one.mutable_time() = TimeUtil::MicrosecondsToTimestamp(step.time_us());
  }
  operation.set_principal(row.principal());
  *operation.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(row.submit_time_us());
  if (row.end_time_us() != 0)
    *operation.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(row.end_time_us());
  operation.set_zone(NameIn("zones/", row.zone_id()));
  operation.set_code(static_cast<uint32_t>(row.code()));
  operation.set_message(row.message());
  operation.set_trouble(row.trouble());
  if (row.next_try_us() != 0)
    *operation.mutable_next_try_time() = TimeUtil::MicrosecondsToTimestamp(row.next_try_us());
  return operation;
}

v1::RegistryMessage MessageOfRegistry(const stored::v1::RegistryMessageRow& row) {
  v1::RegistryMessage message;
  message.set_registry(NameIn("registries/", row.registry()));
  message.set_id(row.id());
  message.set_date(row.date());
  message.set_text(row.text());
  message.set_domain(NameIn("domains/", row.domain()));
  *message.mutable_time() = TimeUtil::MicrosecondsToTimestamp(row.time_us());
  return message;
}

}  // namespace quartet::controller
