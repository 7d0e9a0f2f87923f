#include "controller/zones/zone_rules.h"

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "dns/name/canonical_key.h"
#include "dns/rdata/type.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using dns::Type;
using replication::FullView;

void RuleFault(FaultList& faults, const dns::Name& owner, Type type, absl::string_view rule,
               absl::string_view message) {
  faults.Add(FaultList::Kind::kRule, owner.ToString(), dns::TypeName(type), rule, message);
}

// Looks at owners of the zone as it will be, each once.
class ZoneChecker {
 public:
  ZoneChecker(const ZoneEdit& edit, FaultList& faults) : edit_(edit), view_(edit.after()), faults_(faults) {}

  // To be called for all edits first.
  void Note(const RecordSetEdit& edit) {
    Touched& touched = touched_[dns::CanonicalKey(edit.owner, edit_.apex())];
    const bool put = edit.action != RecordSetEdit::Action::kDelete;
    touched.put = touched.put || put;
    touched.rules = touched.rules || HasRules(edit.type);
    touched.dname_put = touched.dname_put || (put && edit.type == Type::kDname);
    touched.unread = touched.unread || edit.unread;
  }

  absl::Status Check(const dns::Name& owner) {
    const std::string key = dns::CanonicalKey(owner, edit_.apex());
    if (!checked_.insert(key).second) return absl::OkStatus();
    const Touched& touched = touched_[key];
    if (touched.unread) return absl::OkStatus();
    if (!touched.rules) {
      // The zone kept the rules before. Where plain types go no rule is broken, and where they come a CNAME alone may stand
      // against them at this name: one read tells, where listing the name's types would be a scan.
      if (!touched.put) return absl::OkStatus();
      const absl::StatusOr<bool> cname = Has(replication::RecordKey(owner, edit_.apex(), Type::kCname));
      if (!cname.ok()) return cname.status();
      if (!*cname) return CheckAncestors(owner);
    }
    const absl::StatusOr<std::set<Type>> types = TypesAt(key);
    if (!types.ok()) return types.status();
    CheckTypes(owner, *types, edit_.apex(), faults_);
    if (touched.dname_put) {
      if (absl::Status status = CheckNothingBelow(owner, key); !status.ok()) return status;
    }
    return touched.put ? CheckAncestors(owner) : absl::OkStatus();
  }

 private:
  // What the edits do at a name.
  struct Touched {
    bool put = false;
    bool rules = false;
    bool dname_put = false;
    // What an edit of it does is not known.
    bool unread = false;
  };

  Touched TouchedAt(absl::string_view key) const {
    const auto found = touched_.find(key);
    return found == touched_.end() ? Touched() : found->second;
  }

  // Whether rules are about this type, and not only about CNAMEs beside it.
  static bool HasRules(Type type) {
    return type == Type::kCname || type == Type::kDs || type == Type::kNs || type == Type::kDname;
  }

  absl::StatusOr<bool> Has(const std::string& record_key) const {
    const absl::StatusOr<std::optional<FullView::Record>> record =
        view_.GetRecord(edit_.zone_id(), edit_.generation(), record_key);
    if (!record.ok()) return record.status();
    return record->has_value();
  }

  absl::StatusOr<std::set<Type>> TypesAt(const std::string& owner_key) const {
    const std::string prefix = absl::StrCat(owner_key, absl::string_view("\0", 1));
    std::set<Type> types;
    absl::Status status = view_.VisitRecords(edit_.zone_id(), edit_.generation(), prefix,
                                             store::PrefixEnd(prefix), [&](const FullView::Record& record) {
                                               const auto parts = replication::SplitRecordKey(record.key);
                                               if (parts.ok()) types.insert(parts->type);
                                               return true;
                                             });
    if (!status.ok()) return status;
    return types;
  }

  // RFC 6672 §2.4. Of a DNAME that is put: the first name below.
  absl::Status CheckNothingBelow(const dns::Name& owner, const std::string& key) {
    std::string found;
    // Names below begin with the key and a label, whose first byte is above 0; so this leaves out the owner
    // itself.
    absl::Status status = view_.VisitRecords(edit_.zone_id(), edit_.generation(), absl::StrCat(key, "\x01"),
                                             store::PrefixEnd(key), [&](const FullView::Record& record) {
                                               const auto parts = replication::SplitRecordKey(record.key);
                                               if (!parts.ok() || TouchedAt(parts->owner_key).unread)
                                                 return true;
                                               const auto name =
                                                   dns::NameFromCanonicalKey(parts->owner_key, edit_.apex());
                                               found = name.ok() ? name->ToString() : "?";
                                               return false;
                                             });
    if (!status.ok() || found.empty()) return status;
    RuleFault(faults_, owner, Type::kDname, kNamesBelowDname, BelowDname(found));
    return absl::OkStatus();
  }

  // Of a name that is put, below a DNAME that was there before.
  absl::Status CheckAncestors(const dns::Name& owner) {
    for (dns::Name name = owner; !(name == edit_.apex());) {
      name = name.Parent();
      const absl::StatusOr<bool> dname = HasDname(name);
      if (!dname.ok()) return dname.status();
      if (!*dname) continue;
      const Touched touched = TouchedAt(dns::CanonicalKey(name, edit_.apex()));
      if (touched.dname_put || touched.unread) continue;
      faults_.Add(FaultList::Kind::kRule, owner.ToString(), "", kNamesBelowDname, UnderDname(name));
      return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> HasDname(const dns::Name& name) {
    const std::string key = replication::RecordKey(name, edit_.apex(), Type::kDname);
    if (without_dname_.contains(key)) return false;
    absl::StatusOr<bool> has = Has(key);
    if (has.ok() && !*has) without_dname_.insert(key);
    return has;
  }

  const ZoneEdit& edit_;
  const FullView view_;
  FaultList& faults_;
  // By canonical key of the owner.
  std::map<std::string, Touched, std::less<>> touched_;
  std::set<std::string> checked_;
  std::set<std::string> without_dname_;
};

void CheckApexEdit(const RecordSetEdit& edit, FaultList& faults) {
  if (edit.type == Type::kNs) {
    RuleFault(faults, edit.owner, edit.type, "apex-ns",
              "the NS record set of the zone itself names its nameservers and is kept by the service; "
              "`quartet zone update --ns-ttl` changes its TTL");
  }
  if (edit.type == Type::kCname) {
    RuleFault(faults, edit.owner, edit.type, "cname-at-apex",
              "the zone itself has SOA and NS record sets, so it can't have a CNAME; give it A and AAAA "
              "record sets");
  }
  if (edit.type == Type::kDs) {
    RuleFault(faults, edit.owner, edit.type, "ds-at-apex",
              "the zone's own DS record set belongs in its parent zone: give it to the registrar");
  }
}

}  // namespace

std::string BelowDname(absl::string_view name) {
  return absl::StrCat("there can be no names below a DNAME, here ", name,
                      ": delete them, or the DNAME (RFC 6672 §2.4)");
}

std::string UnderDname(const dns::Name& dname) {
  return absl::StrCat("there can be no names below the DNAME at ", dname.ToString(),
                      ": put it elsewhere, or delete the DNAME (RFC 6672 §2.4)");
}

void CheckEdit(const RecordSetEdit& edit, const dns::Name& apex, FaultList& faults) {
  if (edit.type == Type::kSoa) {
    RuleFault(faults, edit.owner, edit.type, edit.owner == apex ? "apex-soa" : "soa-below-apex",
              "the zone has one SOA record, and it is kept by the service; `quartet zone update` changes its "
              "fields");
  }
  if (edit.owner == apex) CheckApexEdit(edit, faults);
  if (edit.action == RecordSetEdit::Action::kDelete) return;
  if (edit.owner.is_wildcard() && (edit.type == Type::kNs || edit.type == Type::kDname)) {
    RuleFault(
        faults, edit.owner, edit.type, edit.type == Type::kNs ? "ns-at-wildcard" : "dname-at-wildcard",
        "a wildcard can't be a delegation or a DNAME: name what is to be delegated (RFC 4592 §4.2, §4.4)");
  }
  if (edit.record_set.has_value() && edit.record_set->records().size() > 1) {
    if (edit.type == Type::kCname) {
      RuleFault(faults, edit.owner, edit.type, "many-cnames",
                "a name has one CNAME at most: take the others away (RFC 2181 §10.1)");
    }
    if (edit.type == Type::kDname) {
      RuleFault(faults, edit.owner, edit.type, "many-dnames",
                "a name has one DNAME at most: take the others away (RFC 6672 §2.4)");
    }
  }
}

void CheckTypes(const dns::Name& owner, const std::set<Type>& types, const dns::Name& apex,
                FaultList& faults) {
  // RFC 1034 §3.6.2, RFC 2181 §10.1.
  if (types.contains(Type::kCname) && types.size() > 1) {
    const Type other = *types.begin() == Type::kCname ? *types.rbegin() : *types.begin();
    RuleFault(faults, owner, Type::kCname, "cname-beside-other-types",
              absl::StrCat("a CNAME can't stand beside other types, here ", dns::TypeName(other),
                           ": delete one or the other"));
  }
  // RFC 4035 §2.4.
  if (types.contains(Type::kDs) && !types.contains(Type::kNs)) {
    RuleFault(faults, owner, Type::kDs, "ds-without-ns",
              "a DS record set needs an NS record set beside it; create that too, or delete the DS");
  }
  // RFC 6672 §2.3.
  if (types.contains(Type::kDname) && types.contains(Type::kNs) && !(owner == apex)) {
    RuleFault(faults, owner, Type::kDname, "dname-beside-ns",
              "a DNAME can't stand at a delegation: delete it or the NS record set");
  }
}

absl::Status CheckZone(const ZoneEdit& edit, const std::vector<RecordSetEdit>& edits, FaultList& faults) {
  ZoneChecker checker(edit, faults);
  for (const RecordSetEdit& touched : edits) checker.Note(touched);
  for (const RecordSetEdit& touched : edits) {
    if (absl::Status status = checker.Check(touched.owner); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace quartet::controller
