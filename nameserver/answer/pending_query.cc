#include "nameserver/answer/pending_query.h"

namespace quartet::nameserver {

// The DS of a zone's own name is data of the zone above, where that is served here too (RFC 4035 §3.1.4.1).
void PendingQuery::PreferParent(const Directory& directory) {
  const size_t labels = found_.query.name.labels;
  const ZoneMatch& zone = found_.zone;
  if (zone.entry == nullptr || zone.entry->apex_labels != labels || labels == 0) return;
  const ZoneMatch above = directory.Find(found_.query.name, labels - 1);
  if (above.entry != nullptr) found_.zone = above;
}

}  // namespace quartet::nameserver
