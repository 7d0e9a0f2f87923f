#include "controller/assignment/reusable_sets.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/roster/roster_plans.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::DelegationSetRow;

constexpr size_t kMaxComment = 4096;

absl::StatusOr<Versioned<DelegationSetRow>> ReadSet(const store::Reader& view, const std::string& id) {
  absl::StatusOr<std::optional<FullView::ObjectRow>> object =
      FullView(view).GetObject(stored::v1::OBJECT_KIND_DELEGATION_SET, id);
  if (!object.ok()) return object.status();
  if (!object->has_value()) {
    return absl::NotFoundError(
        absl::StrCat("there is no delegation set ", absl::string_view(id).substr(0, 64)));
  }
  Versioned<DelegationSetRow> set;
  set.revision = (*object)->revision;
  if (!set.row.ParseFromString((*object)->row))
    return absl::DataLossError(absl::StrCat("the replica holds a damaged row of delegation set ", id));
  return set;
}

// Of a deleted one too: an object's revision never falls.
absl::StatusOr<uint64_t> RevisionOf(const store::Reader& view, const std::string& id) {
  absl::StatusOr<std::optional<std::string>> bytes =
      view.Get(replication::layout::Object(stored::v1::OBJECT_KIND_DELEGATION_SET, id));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value() || (*bytes)->size() < 8) return 0;
  return replication::layout::ReadBigEndian64(absl::string_view(**bytes).substr(0, 8));
}

stored::v1::ObjectEffect& AddEffect(Plan& plan, const std::string& id, uint64_t revision) {
  stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
  object.set_kind(stored::v1::OBJECT_KIND_DELEGATION_SET);
  object.set_id(id);
  object.set_revision(revision);
  return object;
}

}  // namespace

absl::StatusOr<Plan> PlanDelegationSet(const PlanContext& context, const NewDelegationSet& set,
                                       const UsageFn& usage) {
  if (!IsLabel(set.id)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", absl::string_view(set.id).substr(0, 64),
                                                   "\" is no name of a delegation set: it is of lower-case "
                                                   "letters, digits and hyphens, 63 at most"));
  }
  if (set.comment.size() > kMaxComment)
    return absl::InvalidArgumentError(absl::StrCat("the comment is over ", kMaxComment, " bytes"));
  absl::StatusOr<Versioned<DelegationSetRow>> there = ReadSet(context.view, set.id);
  if (there.ok())
    return absl::AlreadyExistsError(absl::StrCat("there is a delegation set ", set.id, " already"));
  if (!absl::IsNotFound(there.status())) return there.status();
  const absl::StatusOr<const Roster*> read = context.ReadRoster();
  if (!read.ok()) return read.status();
  const Roster& roster = **read;
  absl::StatusOr<Four> four = set.nameservers.empty()
                                  ? ChooseAnyFour(context.view, roster, absl::StrCat("set/", set.id), usage)
                                  : CheckFour(roster, set.nameservers);
  if (!four.ok()) return four.status();
  absl::StatusOr<uint64_t> revision = RevisionOf(context.view, set.id);
  if (!revision.ok()) return revision.status();
  DelegationSetRow row;
  row.set_id(set.id);
  row.set_comment(set.comment);
  row.set_account(set.account);
  for (const std::string& nameserver : *four) row.add_nameservers(nameserver);
  Plan plan;
  AddEffect(plan, set.id, *revision + 1).set_row(row.SerializeAsString());
  return plan;
}

absl::StatusOr<Plan> PlanDelegationSetDeletion(const PlanContext& context, const std::string& id) {
  absl::StatusOr<Versioned<DelegationSetRow>> set = ReadSet(context.view, id);
  if (!set.ok()) return set.status();
  Plan plan;
  AddEffect(plan, id, set->revision + 1);
  return plan;
}

absl::Status ReplaceInDelegationSets(const PlanContext& context, const std::string& old_nameserver,
                                     const std::string& replacement, Plan& plan) {
  absl::StatusOr<std::vector<Versioned<DelegationSetRow>>> sets = ReadDelegationSets(context.view);
  if (!sets.ok()) return sets.status();
  for (Versioned<DelegationSetRow>& set : *sets) {
    auto& four = *set.row.mutable_nameservers();
    const auto found = std::find(four.begin(), four.end(), old_nameserver);
    if (found == four.end()) continue;
    *found = replacement;
    AddEffect(plan, set.row.id(), set.revision + 1).set_row(set.row.SerializeAsString());
  }
  return absl::OkStatus();
}

absl::StatusOr<Four> FourOfDelegationSet(const store::Reader& view, const Roster& roster,
                                         const std::string& id) {
  absl::StatusOr<Versioned<DelegationSetRow>> set = ReadSet(view, id);
  if (!set.ok()) return set.status();
  return CheckFour(roster, {set->row.nameservers().begin(), set->row.nameservers().end()});
}

absl::StatusOr<std::vector<Versioned<DelegationSetRow>>> ReadDelegationSets(const store::Reader& reader) {
  absl::StatusOr<std::vector<FullView::ObjectRow>> objects =
      FullView(reader).ListObjects(stored::v1::OBJECT_KIND_DELEGATION_SET);
  if (!objects.ok()) return objects.status();
  std::vector<Versioned<DelegationSetRow>> sets;
  for (const FullView::ObjectRow& object : *objects) {
    Versioned<DelegationSetRow>& set = sets.emplace_back();
    set.revision = object.revision;
    if (!set.row.ParseFromString(object.row))
      return absl::DataLossError(
          absl::StrCat("the replica holds a damaged row of delegation set ", object.id));
  }
  return sets;
}

}  // namespace quartet::controller
