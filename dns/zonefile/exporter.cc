#include "dns/zonefile/exporter.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace quartet::dns {
namespace {

// Longer owners move their line's other columns to the right.
constexpr size_t kMaxOwnerColumn = 32;
constexpr size_t kTtlColumn = 7;
constexpr size_t kTypeColumn = 6;

// SOA, then NS, then by number.
int TypeOrder(Type type) {
  if (type == Type::kSoa) return -2;
  return type == Type::kNs ? -1 : static_cast<int>(type);
}

bool ComesBefore(const RecordSet* a, const RecordSet* b) {
  const auto order = a->owner() <=> b->owner();
  return order == 0 ? TypeOrder(a->type()) < TypeOrder(b->type()) : order < 0;
}

void AppendColumn(absl::string_view text, size_t width, std::string* out) {
  absl::StrAppend(out, text);
  out->append(text.size() < width ? width - text.size() + 1 : 1, ' ');
}

std::vector<const RecordSet*> Sorted(std::span<const RecordSet> sets) {
  std::vector<const RecordSet*> sorted;
  sorted.reserve(sets.size());
  for (const RecordSet& set : sets) sorted.push_back(&set);
  if (!std::is_sorted(sorted.begin(), sorted.end(), ComesBefore)) {
    std::stable_sort(sorted.begin(), sorted.end(), ComesBefore);
  }
  return sorted;
}

void AppendSet(const RecordSet& set, absl::string_view owner, size_t owner_width, std::string* out) {
  for (const RecordData& record : set.records()) {
    AppendColumn(owner, owner_width, out);
    AppendColumn(absl::StrCat(set.ttl()), kTtlColumn, out);
    absl::StrAppend(out, "IN ");
    AppendColumn(TypeName(set.type()), kTypeColumn, out);
    absl::StrAppend(out, record.ToString(), "\n");
  }
}

}  // namespace

std::string RelativeOwner(const Name& owner, const Name& apex) {
  std::string text = owner.ToString();
  if (owner == apex) return "@";
  if (!owner.IsWithin(apex)) return text;
  // Text of a name is as long in either case of its letters. The root's text is its dot alone.
  const size_t tail = apex.is_root() ? 1 : apex.ToString().size() + 1;
  text.resize(text.size() - tail);
  return text;
}

std::string Export(const Name& apex, std::span<const RecordSet> sets) {
  const std::vector<const RecordSet*> sorted = Sorted(sets);
  std::vector<std::string> owners;
  owners.reserve(sorted.size());
  size_t width = 1;
  for (const RecordSet* set : sorted) {
    owners.push_back(RelativeOwner(set->owner(), apex));
    width = std::max(width, std::min(owners.back().size(), kMaxOwnerColumn));
  }
  std::string text = absl::StrCat("$ORIGIN ", apex.ToString(), "\n");
  for (size_t i = 0; i < sorted.size(); ++i) AppendSet(*sorted[i], owners[i], width, &text);
  return text;
}

}  // namespace quartet::dns
