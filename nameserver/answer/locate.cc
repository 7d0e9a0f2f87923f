#include "nameserver/answer/locate.h"

#include "dns/rdata/type.h"

namespace quartet::nameserver {
namespace {

// The cut or DNAME nearest the apex that the name is covered by, down to its closest encloser.
Location FindCover(const ZoneTree& zone, const LookupKey& key, const ZoneTree::Search& search,
                   uint16_t type) {
  for (size_t labels = 0; labels <= search.encloser; ++labels) {
    const bool itself = labels == key.labels;
    const NameView name = itself ? search.name : zone.FindAncestor(key, labels);
    if (!name.valid()) continue;
    const bool parent_side = itself && type == static_cast<uint16_t>(dns::Type::kDs);
    if ((name.flags() & NameView::kCut) != 0 && !parent_side) {
      return {name, Place::kCut, false, static_cast<uint16_t>(labels)};
    }
    if ((name.flags() & NameView::kDname) != 0 && !itself) {
      return {name, Place::kDname, false, static_cast<uint16_t>(labels)};
    }
  }
  return {NameView(), Place::kNowhere, false, 0};
}

// RFC 4592 §3.3.1: the wildcard right below the closest encloser; no other counts.
Location FindWildcard(const ZoneTree& zone, const LookupKey& key, size_t encloser) {
  LookupKey wildcard;
  wildcard.AssignWildcard(key, encloser);
  const ZoneTree::Search search = zone.Find(wildcard);
  if (search.name.valid()) return {search.name, Place::kName, true, 0};
  return {NameView(), search.exists ? Place::kEmpty : Place::kNowhere, true, 0};
}

}  // namespace

Location Locate(const ZoneTree& zone, const LookupKey& key, uint16_t type, ZoneTree::Search search) {
  if (zone.HasCovers()) {
    const Location cover = FindCover(zone, key, search, type);
    if (cover.name.valid()) return cover;
  }
  if (search.name.valid()) return {search.name, Place::kName, false, 0};
  if (search.exists) return {NameView(), Place::kEmpty, false, 0};
  if (zone.wildcards != 0) return FindWildcard(zone, key, search.encloser);
  return {NameView(), Place::kNowhere, false, 0};
}

bool IsAuthoritative(const ZoneTree& zone, const LookupKey& key) {
  if (!zone.HasCovers()) return true;
  for (size_t labels = 0; labels <= key.labels; ++labels) {
    const NameView name = zone.FindAncestor(key, labels);
    if (!name.valid()) continue;
    if ((name.flags() & NameView::kCut) != 0) return false;
    if ((name.flags() & NameView::kDname) != 0 && labels < key.labels) return false;
  }
  return true;
}

}  // namespace quartet::nameserver
