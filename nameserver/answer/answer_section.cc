#include <algorithm>

#include "dns/rdata/type.h"
#include "nameserver/answer/stages.h"

namespace quartet::nameserver {
namespace {

constexpr size_t kRecordHeader = 12;

bool Asks(const Work& work, dns::Type type) { return work.query.type == static_cast<uint16_t>(type); }

uint32_t TtlOf(const RecordSetView& set) { return __builtin_bswap32(Load<uint32_t>(set.image() + 6)); }

// The names a chain led through, as places in the message, and whose records were added for them.
class Trail {
 public:
  // Whether the name looked up stood in the chain before: a loop. (A wildcard's CNAME or a DNAME stands for
  // many names, so it may be met again on a way that ends.)
  bool Has(const Work& work) const {
    return std::any_of(steps_, steps_ + size_, [&](const Visit& visit) {
      if (visit.name_size != work.name().size) return false;
      PlacedName owner;
      owner.Read(work.response.bytes(), visit.owner);
      return owner.name.IsSame(work.name());
    });
  }
  // Where the records of `node` stand in the answer; 0: they don't.
  size_t Find(NameView node) const {
    const Visit* visit =
        std::find_if(steps_, steps_ + size_, [&](const Visit& each) { return each.node == node; });
    return visit == steps_ + size_ ? 0 : visit->records;
  }
  bool full() const { return size_ == kMaxChain; }
  // The name looked up leads on by the records of `node` at `records`. Not when full.
  void Add(const Work& work, NameView node, size_t records) {
    steps_[size_++] = {node, work.LabelAt(0), records, work.name().size};
  }

 private:
  struct Visit {
    NameView node;
    size_t owner;
    size_t records;
    size_t name_size;
  };
  // Only the first size_ are ever written: most answers have no chain.
  Visit steps_[kMaxChain];
  size_t size_ = 0;
};

enum class Step : uint8_t { kGoOn, kEnd, kTooLong, kTruncated };

// Makes the name at `position` the one looked up.
Step Follow(Work* work, size_t position) {
  work->target.Read(work->response.bytes(), position);
  work->chained = true;
  if (!work->target.IsWithin(work->query.name, work->apex_labels)) return Step::kEnd;
  work->key.Assign(work->target.name, work->apex_labels);
  return Step::kGoOn;
}

Step FollowCname(Work* work, Trail* trail) {
  if (trail->full() || trail->Has(*work)) return Step::kEnd;
  const NameView node = work->location.name;
  const RecordSetView set(node.FindSet(static_cast<uint16_t>(dns::Type::kCname)));
  const size_t at = work->response.Add(Section::kAnswer, set, work->LabelAt(0));
  if (at == 0) return Step::kTruncated;
  trail->Add(*work, node, at);
  // Targets within the zone are compressed against its apex.
  return set.marks() == 0 ? Step::kEnd : Follow(work, at + kRecordHeader);
}

// RFC 6672 §3.1: the CNAME that stands for the DNAME at `at`.
Step SynthesizeCname(Work* work, const RecordSetView& dname, size_t at) {
  const LookupName& name = work->name();
  const size_t labels = work->key.labels - size_t{work->location.labels};
  PlacedName target;
  target.Read(work->response.bytes(), at + kRecordHeader);
  if (name.start[labels] + size_t{target.name.size} > dns::Name::kMaxWire) return Step::kTooLong;
  uint16_t label_at[dns::Name::kMaxLabels];
  for (size_t i = 0; i < labels; ++i) label_at[i] = static_cast<uint16_t>(work->LabelAt(i));
  const size_t cname = work->response.AddCname(TtlOf(dname), label_at, labels, at + kRecordHeader);
  if (cname == 0) return Step::kTruncated;
  // The CNAME is the answer to those who ask for one.
  if (Asks(*work, dns::Type::kCname) || Asks(*work, dns::Type::kAny)) return Step::kEnd;
  return Follow(work, cname + kRecordHeader);
}

Step FollowDname(Work* work, Trail* trail) {
  if (trail->full() || trail->Has(*work)) return Step::kEnd;
  const NameView node = work->location.name;
  const RecordSetView set(node.FindSet(static_cast<uint16_t>(dns::Type::kDname)));
  // Met again for another name it is in the answer already.
  size_t at = trail->Find(node);
  if (at == 0) at = work->response.Add(Section::kAnswer, set, work->AncestorAt(work->location.labels));
  if (at == 0) return Step::kTruncated;
  trail->Add(*work, node, at);
  return SynthesizeCname(work, set, at);
}

bool HasAlias(const Work& work) {
  return (work.location.name.flags() & NameView::kCname) != 0 && !Asks(work, dns::Type::kCname) &&
         !Asks(work, dns::Type::kAny);
}

// The records asked for, of a name that has some. ANY gets one set (RFC 8482 §4.1). `trail`: nullptr if none led here.
Outcome AddAnswer(Work* work, const Trail* trail) {
  const NameView node = work->location.name;
  const RecordSetView set(Asks(*work, dns::Type::kAny) ? node.sets() : node.FindSet(work->query.type));
  if (!set.valid()) return Outcome::kNoData;
  // A DNAME asked for that the chain came by stands in the answer already.
  if (trail != nullptr && Asks(*work, dns::Type::kDname) && !work->location.wildcard &&
      trail->Find(node) != 0)
    return Outcome::kAnswer;
  const size_t at = work->response.Add(Section::kAnswer, set, work->LabelAt(0));
  if (at == 0) return Outcome::kTruncated;
  if (set.has_local_targets()) work->NoteHosts(set, at);
  return Outcome::kAnswer;
}

// Whether what was found leads to another name.
bool LeadsOn(const Work& work) {
  const Place place = work.location.place;
  return place == Place::kDname || (place == Place::kName && HasAlias(work));
}

Outcome EndOf(Step step) {
  switch (step) {
    case Step::kTooLong:
      return Outcome::kTooLong;
    case Step::kTruncated:
      return Outcome::kTruncated;
    default:
      return Outcome::kChainEnd;
  }
}

// What was found does not lead on.
Outcome EndHere(Work* work, const Trail* trail) {
  switch (work->location.place) {
    case Place::kName:
      return AddAnswer(work, trail);
    case Place::kEmpty:
      return Outcome::kNoData;
    case Place::kCut:
      return Outcome::kReferral;
    default:
      return Outcome::kNxDomain;
  }
}

// A function of its own, so that answers without a chain have no room to make for one.
[[gnu::noinline]] Outcome FollowChain(Work* work) {
  Trail trail;
  do {
    const Step step =
        work->location.place == Place::kDname ? FollowDname(work, &trail) : FollowCname(work, &trail);
    if (step != Step::kGoOn) return EndOf(step);
    work->location = Locate(work->zone, work->key, work->query.type, work->zone.Find(work->key));
  } while (LeadsOn(*work));
  return EndHere(work, &trail);
}

}  // namespace

Outcome AnswerSection(Work* work) {
  const ZoneTree::Search search = work->zone.Finish(work->key, work->path);
  // Most names have records, in zones that have nothing that could cover them: Locate's first question, asked here.
  if (search.name.valid() && !work->zone.HasCovers()) {
    work->location = {search.name, Place::kName, false, 0};
    return HasAlias(*work) ? FollowChain(work) : AddAnswer(work, nullptr);
  }
  work->location = Locate(work->zone, work->key, work->query.type, search);
  return LeadsOn(*work) ? FollowChain(work) : EndHere(work, nullptr);
}

}  // namespace quartet::nameserver
