#include "nameserver/answer/answer.h"

#include <algorithm>

#include "dns/rdata/type.h"
#include "nameserver/answer/query.h"
#include "nameserver/answer/response.h"
#include "nameserver/answer/stages.h"

namespace quartet::nameserver {
namespace {

bool Asks(const Query& query, dns::Type type) { return query.type == static_cast<uint16_t>(type); }

// RFC 1035 §4.2.1, RFC 6891 §6.2.3: sizes below 512 mean 512.
size_t Limit(const Query& query, const Context& context, size_t buffer) {
  if (context.transport == Transport::kTcp) return std::min(buffer, kMaxTcpResponse);
  const size_t client =
      query.edns ? std::max<size_t>(query.udp_payload, kMinResponseBuffer) : kMinResponseBuffer;
  return std::min({buffer, client, size_t{context.max_udp_payload}});
}

// The most specific zone; for the DS of a zone's own name the one above, where that is served here too (RFC
// 4035 §3.1.4.1).
ZoneMatch FindZone(const Query& query, const Directory& directory) {
  const size_t labels = query.name.labels;
  const ZoneMatch zone = directory.Find(query.name, labels);
  if (!Asks(query, dns::Type::kDs) || zone.entry == nullptr || zone.entry->apex_labels != labels ||
      labels == 0) {
    return zone;
  }
  const ZoneMatch above = directory.Find(query.name, labels - 1);
  return above.entry != nullptr ? above : zone;
}

void SetCodes(const Work& work, Outcome outcome, Response* response) {
  if (outcome == Outcome::kTruncated) response->SetTruncated();
  // RFC 6604 §3: the last name decides. AA is about the first (RFC 1035 §4.1.1).
  if (outcome == Outcome::kNxDomain) response->SetRcode(Rcode::kNxDomain);
  if (outcome == Outcome::kTooLong) response->SetRcode(Rcode::kYxDomain);
  if (outcome != Outcome::kReferral || work.chained) response->SetAuthoritative();
}

void AnswerFrom(const ZoneMatch& zone, const Query& query, Response* response) {
  Work work(query, *zone.tree, zone.entry->apex_labels, response);
  response->SetApex(static_cast<uint16_t>(kHeaderSize + query.name.SuffixStart(work.apex_labels)));
  const Outcome outcome = AnswerSection(&work);
  SetCodes(work, outcome, response);
  AuthoritySection(&work, outcome);
  AdditionalSection(&work, outcome);
}

// False: the zone is to be loaded first.
bool AnswerQuery(const Directory& directory, const Query& query, Response* response, const ZoneEntry** cold) {
  const auto code = [response](Rcode rcode) {
    response->SetRcode(rcode);
    return true;
  };
  if (query.edns && query.edns_version != 0) return code(Rcode::kBadVers);
  const bool transfer = Asks(query, dns::Type::kAxfr) || Asks(query, dns::Type::kIxfr);
  if (query.qclass != static_cast<uint16_t>(dns::Class::kIn) || transfer) {
    return code(Rcode::kRefused);
  }
  const ZoneMatch zone = FindZone(query, directory);
  if (zone.entry == nullptr) return code(Rcode::kRefused);
  if (zone.tree != nullptr) {
    AnswerFrom(zone, query, response);
    return true;
  }
  if (!zone.cold || cold == nullptr) return code(Rcode::kServFail);
  *cold = zone.entry;
  return false;
}

}  // namespace

size_t Answer(std::span<const uint8_t> query, const Context& context, const Directory& directory,
              std::span<uint8_t> out, const ZoneEntry** cold) {
  Query parsed;
  const ParseOutcome outcome = ParseQuery(query, &parsed);
  if (outcome == ParseOutcome::kDrop) return 0;
  Response response(out, Limit(parsed, context, out.size()));
  response.Begin(query, parsed);
  switch (outcome) {
    case ParseOutcome::kFormErr:
      response.SetRcode(Rcode::kFormErr);
      break;
    case ParseOutcome::kNotImp:
      response.SetRcode(Rcode::kNotImp);
      break;
    default:
      if (!AnswerQuery(directory, parsed, &response, cold)) return 0;
  }
  return response.Finish(context.max_udp_payload);
}

}  // namespace quartet::nameserver
