#include "controller/zones/faults.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

constexpr char kPayload[] = "type.googleapis.com/quartet.admin.v1.Faults";

// "example.com.zone:3:7: ", "www.example.com. MX: " or nothing.
std::string Where(const admin::v1::Fault& fault) {
  if (fault.line() != 0) return absl::StrCat(fault.file(), ":", fault.line(), ":", fault.column(), ": ");
  if (fault.owner().empty()) return "";
  return absl::StrCat(fault.owner(), fault.type().empty() ? "" : " ", fault.type(), ": ");
}

}  // namespace

void FaultList::Add(Kind kind, admin::v1::Fault fault) {
  form_ = form_ || kind == Kind::kForm;
  faults_.set_total(faults_.total() + 1);
  if (static_cast<size_t>(faults_.faults_size()) < kMaxFaultsListed) *faults_.add_faults() = std::move(fault);
}

void FaultList::Add(Kind kind, absl::string_view owner, absl::string_view type, absl::string_view rule,
                    absl::string_view message) {
  admin::v1::Fault fault;
  fault.set_owner(std::string(owner));
  fault.set_type(std::string(type));
  fault.set_rule(std::string(rule));
  fault.set_message(std::string(message));
  Add(kind, std::move(fault));
}

void FaultList::Add(const FaultList& other) {
  for (const admin::v1::Fault& fault : other.faults_.faults()) Add(Kind::kRule, fault);
  AddUnlisted(other.total() - static_cast<uint32_t>(other.faults_.faults_size()));
  form_ = form_ || other.form_;
}

void FaultList::Locate(const std::function<void(admin::v1::Fault& fault)>& place) {
  for (admin::v1::Fault& fault : *faults_.mutable_faults()) {
    if (fault.line() == 0 && !fault.owner().empty()) place(fault);
  }
}

absl::Status FaultList::ToStatus() const {
  if (empty()) return absl::OkStatus();
  const admin::v1::Fault& first = faults_.faults(0);
  std::string message = absl::StrCat(Where(first), first.message());
  if (faults_.total() > 1) absl::StrAppend(&message, " (and ", faults_.total() - 1, " more)");
  absl::Status status(form_ ? absl::StatusCode::kInvalidArgument : absl::StatusCode::kFailedPrecondition,
                      message);
  return AttachTo(std::move(status));
}

absl::Status FaultList::AttachTo(absl::Status refusal) const {
  refusal.SetPayload(kPayload, absl::Cord(faults_.SerializeAsString()));
  return refusal;
}

std::optional<admin::v1::Faults> FaultsOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  admin::v1::Faults faults;
  if (!payload.has_value() || !faults.ParseFromString(std::string(*payload))) return std::nullopt;
  return faults;
}

}  // namespace quartet::controller
