#include "nameserver/answer/uncommon.h"

#include <cstring>

#include "absl/strings/string_view.h"
#include "dns/rdata/type.h"

namespace quartet::nameserver {
namespace {

constexpr absl::string_view kIdServer("\2id\6server", 11);
constexpr absl::string_view kHostnameBind("\10hostname\4bind", 15);
constexpr absl::string_view kVersionServer("\7version\6server", 16);
constexpr absl::string_view kVersionBind("\7version\4bind", 14);

absl::string_view TextFor(const ServerIdentity& identity, const Query& query) {
  const absl::string_view name(reinterpret_cast<const char*>(query.name.wire), query.name.size);
  if (name == kIdServer || name == kHostnameBind) return identity.server_id;
  if (name == kVersionServer || name == kVersionBind) return identity.version;
  return {};
}

}  // namespace

[[gnu::cold]] void Refuse(ExtendedError why, Response* response) {
  response->SetRcode(Rcode::kRefused);
  response->SetExtendedError(why);
}

[[gnu::cold]] void AnswerChaos(const ServerIdentity& identity, const Query& query, Response* response) {
  const bool text_asked = query.type == static_cast<uint16_t>(dns::Type::kTxt) ||
                          query.type == static_cast<uint16_t>(dns::Type::kAny);
  const absl::string_view text = text_asked ? TextFor(identity, query) : absl::string_view();
  if (text.empty()) return Refuse(ExtendedError::kNotSupported, response);
  response->SetAuthoritative();
  response->AddChaosText({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

}  // namespace quartet::nameserver
