// A query on its way to its name: parsing and lookup, in steps between which memory brings what the next one needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dns/rdata/type.h"
#include "nameserver/answer/answer.h"
#include "nameserver/answer/query.h"
#include "nameserver/answer/respond.h"
#include "nameserver/zone/directory.h"
#include "nameserver/zone/directory_search.h"
#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/tree.h"

namespace quartet::nameserver {

// Each step in turn, Descend until it is false. Kilobytes of which little is ever touched; may be used again.
class PendingQuery {
 public:
  // NOLINTNEXTLINE(clang-analyzer-optin.cplusplus.UninitializedObject): see above.
  PendingQuery() {}

  // `message`: any bytes, which must last until Respond.
  void Start(std::span<const uint8_t> message, const Directory& directory) {
    found_.message = message;
    found_.outcome = ParseQuery(message, &found_.query);
    descending_ = false;
    if (IsQuery()) directory.Start(found_.query.name, found_.query.name.labels, &probe_);
  }
  void Approach() const {
    if (IsQuery()) Directory::Approach(probe_);
  }
  void FindZone(const Directory& directory) {
    if (!IsQuery()) return;
    found_.zone = Directory::Finish(found_.query.name, probe_);
    if (found_.query.type == static_cast<uint16_t>(dns::Type::kDs)) PreferParent(directory);
  }
  void EnterZone() {
    if (!IsQuery() || found_.zone.tree == nullptr) return;
    found_.zone.tree->Begin(&found_.path);
    found_.key.Assign(found_.query.name, found_.zone.entry->apex_labels);
    descending_ = true;
  }
  // One page; false: it is done.
  bool Descend() { return descending_ && (descending_ = ZoneTree::Step(found_.key, &found_.path)); }
  size_t Respond(const Context& context, std::span<uint8_t> out, const ZoneEntry** cold) {
    return found_.outcome == ParseOutcome::kDrop ? 0 : WriteResponse(found_, context, out, cold);
  }

 private:
  bool IsQuery() const { return found_.outcome == ParseOutcome::kQuery; }
  void PreferParent(const Directory& directory);

  bool descending_;
  FoundQuery found_;
  // Meaningful if this is a query.
  DirectoryProbe probe_;
};

}  // namespace quartet::nameserver
