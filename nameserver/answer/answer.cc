#include "nameserver/answer/answer.h"

#include <algorithm>

#include "dns/rdata/type.h"
#include "nameserver/answer/pending_query.h"
#include "nameserver/answer/query.h"
#include "nameserver/answer/respond.h"
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

void SetCodes(const Work& work, Outcome outcome, Response* response) {
  if (outcome == Outcome::kTruncated) response->SetTruncated();
  // RFC 6604 §3: the last name decides. AA is about the first (RFC 1035 §4.1.1).
  if (outcome == Outcome::kNxDomain) response->SetRcode(Rcode::kNxDomain);
  if (outcome == Outcome::kTooLong) response->SetRcode(Rcode::kYxDomain);
  if (outcome != Outcome::kReferral || work.chained) response->SetAuthoritative();
}

void AnswerFrom(const FoundQuery& found, Response* response) {
  Work work(found, response);
  response->SetApex(static_cast<uint16_t>(kHeaderSize + found.query.name.SuffixStart(work.apex_labels)));
  const Outcome outcome = AnswerSection(&work);
  SetCodes(work, outcome, response);
  AuthoritySection(&work, outcome);
  AdditionalSection(&work, outcome);
}

// False: the zone is to be loaded first.
bool AnswerQuery(const FoundQuery& found, Response* response, const ZoneEntry** cold) {
  const Query& query = found.query;
  const auto code = [response](Rcode rcode) {
    response->SetRcode(rcode);
    return true;
  };
  if (query.edns && query.edns_version != 0) return code(Rcode::kBadVers);
  const bool transfer = Asks(query, dns::Type::kAxfr) || Asks(query, dns::Type::kIxfr);
  if (query.qclass != static_cast<uint16_t>(dns::Class::kIn) || transfer) {
    return code(Rcode::kRefused);
  }
  const ZoneMatch& zone = found.zone;
  if (zone.entry == nullptr) return code(Rcode::kRefused);
  if (zone.tree != nullptr) {
    AnswerFrom(found, response);
    return true;
  }
  if (!zone.cold || cold == nullptr) return code(Rcode::kServFail);
  *cold = zone.entry;
  return false;
}

}  // namespace

size_t WriteResponse(const FoundQuery& found, const Context& context, std::span<uint8_t> out,
                     const ZoneEntry** cold) {
  Response response(out, Limit(found.query, context, out.size()));
  response.Begin(found.message, found.query);
  switch (found.outcome) {
    case ParseOutcome::kFormErr:
      response.SetRcode(Rcode::kFormErr);
      break;
    case ParseOutcome::kNotImp:
      response.SetRcode(Rcode::kNotImp);
      break;
    default:
      if (!AnswerQuery(found, &response, cold)) return 0;
  }
  return response.Finish(context.max_udp_payload);
}

size_t Answer(std::span<const uint8_t> query, const Context& context, const Directory& directory,
              std::span<uint8_t> out, const ZoneEntry** cold) {
  PendingQuery pending;
  pending.Start(query, directory);
  pending.FindZone(directory);
  pending.EnterZone();
  while (pending.Descend()) {
  }
  return pending.Respond(context, out, cold);
}

}  // namespace quartet::nameserver
