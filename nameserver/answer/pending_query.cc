#include "nameserver/answer/pending_query.h"

#include "dns/rdata/type.h"
#include "nameserver/answer/respond.h"

namespace quartet::nameserver {

void PendingQuery::Start(std::span<const uint8_t> message, const Directory& directory) {
  message_ = message;
  descending_ = false;
  outcome_ = ParseQuery(message, &query_);
  if (outcome_ == ParseOutcome::kQuery) directory.Start(query_.name, query_.name.labels, &probe_);
}

// The most specific zone; for the DS of a zone's own name the one above, where that is served here too (RFC
// 4035 §3.1.4.1).
void PendingQuery::FindZone(const Directory& directory) {
  if (outcome_ != ParseOutcome::kQuery) return;
  zone_ = Directory::Finish(query_.name, probe_);
  const size_t labels = query_.name.labels;
  if (query_.type != static_cast<uint16_t>(dns::Type::kDs) || zone_.entry == nullptr ||
      zone_.entry->apex_labels != labels || labels == 0) {
    return;
  }
  const ZoneMatch above = directory.Find(query_.name, labels - 1);
  if (above.entry != nullptr) zone_ = above;
}

void PendingQuery::EnterZone() {
  if (outcome_ != ParseOutcome::kQuery || zone_.tree == nullptr) return;
  zone_.tree->Begin(&path_);
  key_.Assign(query_.name, zone_.entry->apex_labels);
  descending_ = true;
}

size_t PendingQuery::Respond(const Context& context, std::span<uint8_t> out, const ZoneEntry** cold) {
  if (outcome_ == ParseOutcome::kDrop) return 0;
  return WriteResponse({message_, query_, outcome_, zone_, key_, path_}, context, out, cold);
}

}  // namespace quartet::nameserver
