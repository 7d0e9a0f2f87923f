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

// What lookup (pending_query.h) hands on. Plain data, of which only the used part is ever written.
struct FoundQuery {
  std::span<const uint8_t> message;
  ParseOutcome outcome;
  // Meaningful if `outcome` is kQuery.
  ZoneMatch zone;
  Query query;
  // The question's name in that zone, and where it leads; meaningful if the zone has a tree.
  LookupKey key;
  TreePath path;
};

// Precondition: `outcome` is not kDrop. As Answer (answer.h).
// Uses `found` up.
size_t WriteResponse(FoundQuery& found, const Context& context, std::span<uint8_t> out,
                     const ZoneEntry** cold);

}  // namespace quartet::nameserver
