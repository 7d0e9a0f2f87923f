#include "nameserver/zone/name_payload.h"

#include "dns/rdata/type.h"

namespace quartet::nameserver {
namespace {

// A whole label `*`. The asterisk is never escaped in keys.
bool HasWildcardLabel(absl::string_view key) {
  static constexpr absl::string_view kLabel("*\0", 2);
  for (size_t at = key.find(kLabel); at != absl::string_view::npos; at = key.find(kLabel, at + 1)) {
    if (at == 0 || key[at - 1] == '\0') return true;
  }
  return false;
}

}  // namespace

void NamePayload::Start(absl::string_view key) {
  bytes_.assign(NameView::kHeader, '\0');
  apex_ = key.empty();
  flags_ = HasWildcardLabel(key) ? NameView::kWildcard : 0;
  sets_ = 0;
}

void NamePayload::Add(uint16_t type, absl::string_view set) {
  const auto known = dns::Type{type};
  if (known == dns::Type::kNs && !apex_) flags_ |= NameView::kCut;
  if (known == dns::Type::kCname) flags_ |= NameView::kCname;
  if (known == dns::Type::kDname) flags_ |= NameView::kDname;
  bytes_.append(set.data(), set.size());
  ++sets_;
}

absl::string_view NamePayload::Finish() {
  bytes_[0] = static_cast<char>(flags_);
  std::memcpy(bytes_.data() + 1, &sets_, sizeof(sets_));
  return bytes_;
}

}  // namespace quartet::nameserver
