#include "controller/zones/batch_warnings.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dns/zonefile/missing_dot.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using admin::v1::Fault;
using admin::v1::RecordSetChange;
using dns::Type;
using replication::FullView;

void Warn(absl::string_view owner, absl::string_view type, absl::string_view rule, std::string message,
          Warnings& warnings) {
  Fault& warning = *warnings.Add();
  warning.set_owner(std::string(owner));
  warning.set_type(std::string(type));
  warning.set_rule(std::string(rule));
  warning.set_message(std::move(message));
}

void WarnOfValue(const admin::v1::RecordSet& set, const std::string& value, Type type, const dns::Name& apex,
                 const dns::MissingDot& dots, Warnings& warnings) {
  const std::vector<absl::string_view> tokens =
      absl::StrSplit(value, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  for (const uint8_t place : dns::MissingDot::NameTokens(type)) {
    if (place < tokens.size() && dots.ValueLooksAbsolute(tokens[place])) {
      WarnOfDot(set.owner(), set.type(), tokens[place], apex, warnings);
    }
  }
}

}  // namespace

void WarnOfDot(absl::string_view owner, absl::string_view type, absl::string_view written,
               const dns::Name& apex, Warnings& warnings) {
  const absl::string_view shown = written.substr(0, 255);
  Warn(owner, type, "final-dot-missing",
       absl::StrCat("\"", shown, "\" has no final dot, so it stands for ", shown, ".", apex.ToString(),
                    "; write \"", shown, ".\" if that is not meant"),
       warnings);
}

void WarnOfDots(const google::protobuf::RepeatedPtrField<RecordSetChange>& changes, const dns::Name& apex,
                Warnings& warnings) {
  const dns::MissingDot dots(apex);
  for (const RecordSetChange& change : changes) {
    if (change.action() == RecordSetChange::ACTION_DELETE) continue;
    const admin::v1::RecordSet& set = change.record_set();
    if (dots.OwnerLooksAbsolute(set.owner())) WarnOfDot(set.owner(), set.type(), set.owner(), apex, warnings);
    const absl::StatusOr<Type> type = dns::ParseType(set.type());
    if (!type.ok()) continue;
    for (const std::string& value : set.values()) WarnOfValue(set, value, *type, apex, dots, warnings);
  }
}

absl::Status WarnOfAliases(const ZoneEdit& zone, const std::vector<RecordSetEdit>& edits,
                           Warnings& warnings) {
  const FullView view(zone.after());
  for (const RecordSetEdit& edit : edits) {
    const bool about = edit.type == Type::kNs || edit.type == Type::kMx;
    if (!about || edit.action == RecordSetEdit::Action::kDelete || !edit.record_set.has_value()) continue;
    for (const dns::RecordData& data : edit.record_set->records()) {
      const dns::Name target = data.Names().front();
      if (!target.IsWithin(zone.apex())) continue;
      const absl::StatusOr<std::optional<FullView::Record>> alias = view.GetRecord(
          zone.zone_id(), zone.generation(), replication::RecordKey(target, zone.apex(), Type::kCname));
      if (!alias.ok()) return alias.status();
      if (!alias->has_value()) continue;
      Warn(edit.owner.ToString(), dns::TypeName(edit.type), "target-is-alias",
           absl::StrCat(target.ToString(), " is a CNAME; ", dns::TypeName(edit.type),
                        " records must name a host that has addresses itself (RFC 2181 §10.3)"),
           warnings);
    }
  }
  return absl::OkStatus();
}

}  // namespace quartet::controller
