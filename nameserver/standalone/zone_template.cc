#include "nameserver/standalone/zone_template.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_join.h"
#include "dns/base/check.h"
#include "dns/rdata/layout.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

// Of served data; from here on the limit of a response has to be looked at again under each apex: an apex adds less than
// what is left to each name, but there may be many.
constexpr size_t kLarge = 4096;

absl::string_view Text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void AppendU16(size_t number, std::string* out) {
  out->push_back(static_cast<char>(number >> 8));
  out->push_back(static_cast<char>(number));
}

// Calls visit(field, bytes) for each field of well-formed data; opaque data is one field.
template <typename Visit>
void VisitFields(const dns::RecordData& data, const Visit& visit) {
  absl::string_view left = Text(data.wire());
  const dns::Layout* layout = dns::FindLayout(data.type());
  if (layout == nullptr) return visit(dns::Field::kRest, left);
  for (const dns::Field field : layout->fields) {
    if (field == dns::Field::kEnd) break;
    const std::optional<size_t> size = dns::FieldSize(field, Bytes(left));
    QUARTET_CHECK(size.has_value());
    visit(field, left.substr(0, *size));
    left.remove_prefix(*size);
  }
}

dns::Name NameOf(absl::string_view wire) {
  absl::StatusOr<dns::Name> name = dns::Name::FromWire(Bytes(wire));
  QUARTET_CHECK(name.ok());
  return *std::move(name);
}

}  // namespace

std::vector<ZoneRecord> EncodeZone(const std::vector<dns::RecordSet>& sets, const dns::Name& apex) {
  std::vector<ZoneRecord> records;
  records.reserve(sets.size());
  for (const dns::RecordSet& set : sets) {
    records.push_back(
        {replication::RecordKey(set.owner(), apex, set.type()), replication::EncodeServed(set, apex)});
  }
  std::sort(records.begin(), records.end(),
            [](const ZoneRecord& a, const ZoneRecord& b) { return a.key < b.key; });
  return records;
}

std::optional<ZoneTemplate> ZoneTemplate::Create(const std::vector<dns::RecordSet>& sets,
                                                 const dns::Name& made_up) {
  std::vector<const dns::RecordSet*> in_order;
  in_order.reserve(sets.size());
  for (const dns::RecordSet& set : sets) in_order.push_back(&set);
  std::sort(in_order.begin(), in_order.end(), [](const auto* a, const auto* b) {
    return a->owner() == b->owner() ? a->type() < b->type() : a->owner() < b->owner();
  });
  ZoneTemplate result(made_up);
  for (const dns::RecordSet* set : in_order) {
    if (!result.Add(*set)) return std::nullopt;
  }
  return result;
}

bool ZoneTemplate::Add(const dns::RecordSet& set) {
  Note(set.owner());
  std::string served = replication::EncodeServed(set, made_up_);
  const absl::StatusOr<replication::ServedView> view = replication::ViewServed(served);
  QUARTET_CHECK(view.ok());
  Set made;
  made.at = records_.size();
  made.head = served.substr(0, served.size() - view->rdata.size());
  made.owner = std::string(Text(set.owner().wire()));
  made.owner.resize(made.owner.size() - made_up_.wire().size());
  made.ttl = set.ttl();
  made.type = set.type();
  const absl::string_view label = made_up_.label(0);
  bool relative = false;
  bool foreign = false;
  for (const dns::RecordData& data : set.records()) {
    made.records.push_back(Cut(data));
    for (const std::string& piece : made.records.back()) {
      if (absl::string_view(piece).find(label) != absl::string_view::npos) return false;
    }
    relative = relative || made.records.back().size() > 1;
    foreign = foreign || HasForeignName(data);
  }
  made.by_rule = served.size() > kLarge || (foreign && set.records().size() > 1);
  records_.push_back({replication::RecordKey(set.owner(), made_up_, set.type()), std::move(served)});
  if (relative) sets_.push_back(std::move(made));
  return true;
}

ZoneTemplate::Pieces ZoneTemplate::Cut(const dns::RecordData& data) {
  Pieces pieces(1);
  VisitFields(data, [&](dns::Field field, absl::string_view bytes) {
    const bool is_name = field == dns::Field::kName;
    const dns::Name name = is_name ? NameOf(bytes) : dns::Name();
    if (!is_name || !name.IsWithin(made_up_)) {
      pieces.back().append(bytes.data(), bytes.size());
      return;
    }
    Note(name);
    pieces.back().append(bytes.data(), bytes.size() - made_up_.wire().size());
    pieces.emplace_back();
  });
  return pieces;
}

bool ZoneTemplate::HasForeignName(const dns::RecordData& data) const {
  bool found = false;
  VisitFields(data, [&](dns::Field field, absl::string_view bytes) {
    found = found || (field == dns::Field::kName && !NameOf(bytes).IsWithin(made_up_));
  });
  return found;
}

void ZoneTemplate::Note(const dns::Name& name) {
  longest_ = std::max(longest_, name.wire().size() - made_up_.wire().size());
}

absl::StatusOr<const std::vector<ZoneRecord>*> ZoneTemplate::Under(const dns::Name& apex) {
  QUARTET_CHECK(Fits(apex));
  const absl::string_view wire = Text(apex.wire());
  for (const Set& set : sets_) {
    Join(set, wire);
    if (set.by_rule) {
      if (absl::Status status = MakeByRule(set, apex); !status.ok()) return status;
      continue;
    }
    // One record set has one served part: its values are in order of their bytes.
    if (joined_.size() > 1) std::sort(joined_.begin(), joined_.end());
    std::string& served = records_[set.at].served;
    served.assign(set.head);
    for (const std::string& data : joined_) {
      AppendU16(data.size(), &served);
      served += data;
    }
  }
  return &records_;
}

// The data of the set's records under `apex`, into joined_.
void ZoneTemplate::Join(const Set& set, absl::string_view apex) {
  joined_.resize(set.records.size());
  for (size_t i = 0; i < set.records.size(); ++i) {
    const Pieces& pieces = set.records[i];
    std::string& data = joined_[i];
    data.assign(pieces[0]);
    for (size_t piece = 1; piece < pieces.size(); ++piece) {
      data.append(apex.data(), apex.size());
      data += pieces[piece];
    }
  }
}

absl::Status ZoneTemplate::MakeByRule(const Set& set, const dns::Name& apex) {
  absl::flat_hash_set<std::string> seen;
  std::vector<dns::RecordData> records;
  for (const std::string& data : joined_) {
    absl::StatusOr<dns::RecordData> record = dns::RecordData::FromWire(set.type, Bytes(data));
    if (!record.ok()) return record.status();
    if (seen.insert(record->Canonical()).second) records.push_back(*std::move(record));
  }
  dns::Name owner = NameOf(set.owner + std::string(Text(apex.wire())));
  const absl::StatusOr<dns::RecordSet> made =
      dns::RecordSet::Create(std::move(owner), set.ttl, std::move(records));
  if (!made.ok()) return made.status();
  records_[set.at].served = replication::EncodeServed(*made, apex);
  return absl::OkStatus();
}

}  // namespace quartet::nameserver
