// From a query that was looked up to its response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nameserver/answer/answer.h"
#include "nameserver/answer/query.h"
#include "nameserver/zone/directory.h"
#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

// What lookup (pending_query.h) hands on.
struct FoundQuery {
  std::span<const uint8_t> message;
  const Query& query;
  ParseOutcome outcome;
  // Meaningful if `outcome` is kQuery.
  const ZoneMatch& zone;
  // The question's name in that zone, and where it leads; meaningful if the zone has a tree. The key is used up.
  LookupKey& key;
  const TreePath& path;
};

// Precondition: `outcome` is not kDrop. As Answer (answer.h).
size_t WriteResponse(const FoundQuery& found, const Context& context, std::span<uint8_t> out,
                     const ZoneEntry** cold);

}  // namespace quartet::nameserver
