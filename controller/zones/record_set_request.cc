#include "controller/zones/record_set_request.h"

#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "controller/zones/storable.h"
#include "dns/rdata/field_text.h"
#include "dns/rdata/rdata_text.h"
#include "dns/rdata/record_data.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::controller {
namespace {

using admin::v1::RecordSetChange;
using Action = RecordSetEdit::Action;

// One change being read: faults say its owner and type as the caller wrote them.
class ChangeReader {
 public:
  ChangeReader(const RecordSetChange& change, const dns::Name& apex, FaultList& faults)
      : change_(change), asked_(change.record_set()), apex_(apex), faults_(faults) {}

  std::optional<RecordSetEdit> Read() {
    const std::optional<Action> action = ReadAction();
    std::optional<dns::Name> owner = ReadOwner();
    const std::optional<dns::Type> type = ReadType();
    const bool writer_fits = CheckWriter();
    if (!owner.has_value() || !type.has_value()) return std::nullopt;

    RecordSetEdit edit{action.value_or(Action::kUpsert), *std::move(owner), *type, std::nullopt,
                       asked_.writer()};
    edit.comment = asked_.comment();
    edit.unread = !action.has_value() || !writer_fits;
    if (edit.action == Action::kDelete && asked_.values().empty()) return edit;
    edit.record_set = ReadRecordSet(edit.owner, *type);
    edit.unread = edit.unread || !edit.record_set.has_value();
    return edit;
  }

  void Fault(absl::string_view rule, absl::string_view message) {
    faults_.Add(FaultList::Kind::kForm, asked_.owner(), asked_.type(), rule, message);
  }

 private:
  std::optional<Action> ReadAction() {
    switch (change_.action()) {
      case RecordSetChange::ACTION_CREATE:
        return Action::kCreate;
      case RecordSetChange::ACTION_UPSERT:
        return Action::kUpsert;
      case RecordSetChange::ACTION_DELETE:
        return Action::kDelete;
      default:
        Fault("bad-action", "the action is none of CREATE, UPSERT and DELETE");
        return std::nullopt;
    }
  }

  std::optional<dns::Name> ReadOwner() {
    if (asked_.owner().empty()) {
      Fault("bad-owner", "the owner is missing; \"@\" is the zone itself");
      return std::nullopt;
    }
    dns::TextToken written;
    written.raw = asked_.owner();
    absl::StatusOr<dns::Name> owner = dns::ParseNameToken(written, apex_);
    if (!owner.ok()) {
      Fault("bad-owner", owner.status().message());
      return std::nullopt;
    }
    if (!owner->IsWithin(apex_)) {
      Fault("owner-outside-zone",
            absl::StrCat(owner->ToString(), " is not within the zone ", apex_.ToString(),
                         "; leave out the final dot to have the zone's name appended"));
      return std::nullopt;
    }
    return *std::move(owner);
  }

  std::optional<dns::Type> ReadType() {
    const absl::StatusOr<dns::Type> type = dns::ParseType(asked_.type());
    if (!type.ok()) {
      Fault("bad-type", type.status().message());
      return std::nullopt;
    }
    if (const std::string why = WhyTypeIsNotStored(*type); !why.empty()) {
      Fault("type-not-stored", why);
      return std::nullopt;
    }
    return *type;
  }

  bool CheckWriter() {
    if (asked_.comment().size() > replication::kMaxCommentBytes) {
      Fault("bad-comment", absl::StrCat("the comment is over ", replication::kMaxCommentBytes, " bytes"));
      return false;
    }
    if (asked_.writer().size() <= replication::kMaxWriterBytes) return true;
    Fault("bad-writer",
          absl::StrCat("the writer's name is over ", replication::kMaxWriterBytes, " bytes, the most"));
    return false;
  }

  bool CheckQuotes(dns::Type type, const std::string& value) {
    std::vector<dns::TextToken> tokens;
    // What can't be split is refused for that.
    if (!dns::SplitTokens(value, &tokens).ok() || !dns::HasLooseBlanks(type, tokens)) return true;
    Fault(
        "text-unquoted",
        absl::StrCat("the text ", value.substr(0, 100),
                     " has blanks and is not in quotes, so it would be several strings that are read without "
                     "the blanks; put it in quotes, or each string if it is to be several"));
    return false;
  }

  std::optional<dns::RecordSet> ReadRecordSet(const dns::Name& owner, dns::Type type) {
    bool good = true;
    if (asked_.ttl() > dns::RecordSet::kMaxTtl) {
      Fault("bad-ttl", absl::StrCat("the TTL ", asked_.ttl(), " is over ", dns::RecordSet::kMaxTtl,
                                    " seconds, the most (RFC 2181 §8)"));
      good = false;
    }
    if (asked_.values().empty()) {
      Fault("no-values", "a record set needs at least one value");
      good = false;
    }
    std::vector<dns::RecordData> records;
    std::set<std::string> seen;
    for (const std::string& value : asked_.values()) {
      if (!CheckQuotes(type, value)) {
        good = false;
        continue;
      }
      absl::StatusOr<dns::RecordData> data = dns::RecordData::Parse(type, value, apex_);
      if (!data.ok()) {
        Fault("bad-value", absl::StrCat("\"", value.substr(0, 100), "\": ", data.status().message()));
        good = false;
      } else if (!seen.insert(data->Canonical()).second) {
        Fault("duplicate-value", absl::StrCat("the value ", data->ToString().substr(0, 100),
                                              " is there twice: take one away (RFC 2181 §5)"));
        good = false;
      } else {
        records.push_back(*std::move(data));
      }
    }
    if (!good) return std::nullopt;
    absl::StatusOr<dns::RecordSet> record_set =
        dns::RecordSet::Create(owner, asked_.ttl(), std::move(records));
    if (record_set.ok()) return *std::move(record_set);
    // TTL and duplicates are checked above: what is left is its size.
    Fault("record-set-too-large", record_set.status().message());
    return std::nullopt;
  }

  const RecordSetChange& change_;
  const admin::v1::RecordSet& asked_;
  const dns::Name& apex_;
  FaultList& faults_;
};

}  // namespace

std::vector<RecordSetEdit> ReadChanges(const google::protobuf::RepeatedPtrField<RecordSetChange>& changes,
                                       const dns::Name& apex, FaultList& faults) {
  std::vector<RecordSetEdit> edits;
  std::set<std::string> keys;
  for (const RecordSetChange& change : changes) {
    ChangeReader reader(change, apex, faults);
    std::optional<RecordSetEdit> edit = reader.Read();
    if (!edit.has_value()) continue;
    if (!keys.insert(replication::RecordKey(edit->owner, apex, edit->type)).second) {
      reader.Fault("named-twice", "the batch names this record set twice: put its values into one change");
      continue;
    }
    edits.push_back(*std::move(edit));
  }
  return edits;
}

void LocateFaults(absl::string_view file, const std::vector<RecordSetEdit>& edits, FaultList& faults) {
  if (faults.empty()) return;
  absl::flat_hash_map<std::string, dns::Place> places;
  for (const RecordSetEdit& edit : edits) {
    const std::string owner = edit.owner.ToString();
    places.try_emplace(absl::StrCat(owner, " ", dns::TypeName(edit.type)), edit.place);
    places.try_emplace(owner, edit.place);
  }
  faults.Locate([&](admin::v1::Fault& fault) {
    auto found = places.find(absl::StrCat(fault.owner(), " ", fault.type()));
    if (found == places.end()) found = places.find(fault.owner());
    if (found == places.end() || found->second.line == 0) return;
    fault.set_file(std::string(file));
    fault.set_line(found->second.line);
    fault.set_column(found->second.column);
  });
}

}  // namespace quartet::controller
