// The stages of an answer, and what they hand on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nameserver/answer/locate.h"
#include "nameserver/answer/placed_name.h"
#include "nameserver/answer/query.h"
#include "nameserver/answer/respond.h"
#include "nameserver/answer/response.h"
#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

// How the answer section ended.
enum class Outcome : uint8_t {
  // With the records asked for.
  kAnswer,
  kNoData,
  kNxDomain,
  // At a zone cut: Work::location.
  kReferral,
  // With a chain that leaves the zone, is too long or leads to itself.
  kChainEnd,
  // RFC 6672 §2.2: the name a DNAME leads to is too long.
  kTooLong,
  // Something required did not fit.
  kTruncated,
};

// One answer on its way through the stages; on the stack. One version of one zone, from begin to end.
struct Work {
  // NOLINTNEXTLINE(clang-analyzer-optin.cplusplus.UninitializedObject): see below.
  Work(FoundQuery& found, Response* to)
      : query(found.query),
        zone(*found.zone.tree),
        apex_labels(found.zone.entry->apex_labels),
        response(*to),
        path(found.path),
        key(found.key) {}

  const Query& query;
  const ZoneTree& zone;
  const size_t apex_labels;
  Response& response;
  // Where the question's name leads.
  const TreePath& path;

  // The name looked up last: the question's, or, behind a CNAME or DNAME, `target`.
  bool chained = false;
  // Of that name.
  LookupKey& key;
  // Not initialised: kilobytes of which little is used.
  PlacedName target;
  Location location = {NameView(), Place::kNowhere, false, 0};

  // Where the set stands whose targets' addresses belong in the additional section, 0: nowhere; its type and records.
  size_t hosts_at = 0;
  uint16_t hosts_type;
  uint16_t host_count;

  // `set`, which was added at `at`, names hosts.
  void NoteHosts(const RecordSetView& set, size_t at) {
    hosts_at = at;
    hosts_type = set.type();
    host_count = set.records();
  }

  const LookupName& name() const { return chained ? target.name : query.name; }
  // Where label i of name() stands in the message.
  size_t LabelAt(size_t i) const { return chained ? target.at[i] : kHeaderSize + query.name.start[i]; }
  // Where the ancestor of name() with `labels` labels below the apex stands.
  size_t AncestorAt(size_t labels) const { return LabelAt(name().labels - apex_labels - labels); }
};

// RFC 1034 §4.3.2 steps 3 and 4, from the question's name along CNAMEs and DNAMEs to the end.
Outcome AnswerSection(Work* work);
// SOA for negative answers (RFC 2308 §3), NS for referrals.
void AuthoritySection(Work* work, Outcome outcome);
// Addresses: glue with referrals (RFC 9471), those of NS, MX and SRV targets in the zone where they fit.
void AdditionalSection(Work* work, Outcome outcome);

}  // namespace quartet::nameserver
