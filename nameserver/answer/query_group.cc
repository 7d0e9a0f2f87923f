#include "nameserver/answer/query_group.h"

#include "dns/base/check.h"

namespace quartet::nameserver {

void QueryGroup::Take(std::span<const uint8_t> query) {
  QUARTET_CHECK(size_ < kSize);
  queries_[size_++].Start(query, directory_);
}

void QueryGroup::LookUp() {
  const std::span<PendingQuery> queries(queries_.data(), size_);
  for (PendingQuery& query : queries) query.Approach();
  for (PendingQuery& query : queries) query.FindZone(directory_);
  for (PendingQuery& query : queries) query.EnterZone();
  for (bool more = true; more;) {
    more = false;
    for (PendingQuery& query : queries) more |= query.Descend();
  }
}

size_t QueryGroup::Respond(size_t i, std::span<uint8_t> out, const ZoneEntry** cold) {
  QUARTET_CHECK(i < size_);
  return queries_[i].Respond(context_, out, cold);
}

}  // namespace quartet::nameserver
