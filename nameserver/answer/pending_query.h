// A query on its way to its name: parsing and lookup, in steps between which memory brings what the next one needs.
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

// Each step in turn, Descend until it is false. Kilobytes of which little is ever touched; may be used again.
class PendingQuery {
 public:
  // NOLINTNEXTLINE(clang-analyzer-optin.cplusplus.UninitializedObject): see above.
  PendingQuery() {}

  // `message`: any bytes, which must last until Respond.
  void Start(std::span<const uint8_t> message, const Directory& directory);
  void Approach() {
    if (outcome_ == ParseOutcome::kQuery) Directory::Approach(probe_);
  }
  void FindZone(const Directory& directory);
  void EnterZone();
  // One page; false: it is done.
  bool Descend() { return descending_ && (descending_ = ZoneTree::Step(key_, &path_)); }
  size_t Respond(const Context& context, std::span<uint8_t> out, const ZoneEntry** cold);

 private:
  std::span<const uint8_t> message_;
  ParseOutcome outcome_;
  bool descending_;
  // Meaningful if this is a query.
  ZoneMatch zone_;
  Query query_;
  DirectoryProbe probe_;
  // Meaningful if there is a zone that can be served.
  LookupKey key_;
  TreePath path_;
};

}  // namespace quartet::nameserver
