#include "nameserver/answer/answer.h"

#include <algorithm>
#include <string>

#include "dns/rdata/type.h"
#include "nameserver/answer/pending_query.h"
#include "nameserver/answer/query.h"
#include "nameserver/answer/respond.h"
#include "nameserver/answer/response.h"
#include "nameserver/answer/stages.h"
#include "nameserver/answer/uncommon.h"

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

void AnswerFrom(FoundQuery& found, Response* response) {
  Work work(found, response);
  response->SetApex(static_cast<uint16_t>(kHeaderSize + found.query.name.SuffixStart(work.apex_labels)));
  const Outcome outcome = AnswerSection(&work);
  SetCodes(work, outcome, response);
  if (outcome != Outcome::kAnswer) AuthoritySection(&work, outcome);
  if (work.hosts_at != 0) AdditionalSection(&work, outcome);
}

// What an answer needs beside its query.
struct Source {
  const Context& context;
  // The caller can load cold zones.
  const bool loads;
};

// The zone that is to be loaded first; nullptr: answered.
const ZoneEntry* AnswerInternet(FoundQuery& found, const Source& source, Response* response) {
  const ZoneMatch& zone = found.zone;
  if (zone.tree != nullptr) {
    AnswerFrom(found, response);
  } else if (zone.entry == nullptr) {
    Refuse(ExtendedError::kNotAuthoritative, response);
  } else if (zone.cold && source.loads) {
    return zone.entry;
  } else {
    response->SetRcode(Rcode::kServFail);
    response->SetExtendedError(ExtendedError::kNotReady);
  }
  return nullptr;
}

[[gnu::cold, gnu::noinline]] const ZoneEntry* AnswerOtherClass(FoundQuery& found, const Source& source,
                                                               Response* response) {
  const auto qclass = dns::Class{found.query.qclass};
  if (qclass == dns::Class::kAny) {
    // RFC 1035 §6.2: never authoritative, since that would be for all classes.
    const ZoneEntry* cold = AnswerInternet(found, source, response);
    response->SetAuthoritative(false);
    return cold;
  }
  if (qclass == dns::Class::kChaos && source.context.identity != nullptr) {
    AnswerChaos(*source.context.identity, found.query, response);
  } else {
    Refuse(ExtendedError::kNotSupported, response);
  }
  return nullptr;
}

const ZoneEntry* AnswerQuery(FoundQuery& found, const Source& source, Response* response) {
  const Query& query = found.query;
  if (query.edns && query.edns_version != 0) {
    response->SetRcode(Rcode::kBadVers);
    return nullptr;
  }
  // RFC 5936 §2.2.1.
  if (Asks(query, dns::Type::kAxfr) || Asks(query, dns::Type::kIxfr)) {
    Refuse(ExtendedError::kNotSupported, response);
    return nullptr;
  }
  if (query.qclass != static_cast<uint16_t>(dns::Class::kIn))
    return AnswerOtherClass(found, source, response);
  return AnswerInternet(found, source, response);
}

// RFC 5001 §2.2. What an OPT record of a later version holds is not known.
void AnswerNsid(const Context& context, const Query& query, Response* response) {
  if (context.identity == nullptr || query.edns_version != 0) return;
  const std::string& nsid = context.identity->nsid;
  response->SetNsid({reinterpret_cast<const uint8_t*>(nsid.data()), nsid.size()});
}

}  // namespace

size_t WriteResponse(FoundQuery& found, const Context& context, std::span<uint8_t> out,
                     const ZoneEntry** cold) {
  Response response(out, Limit(found.query, context, out.size()));
  response.Begin(found.message, found.query);
  if (found.query.wants_nsid) AnswerNsid(context, found.query, &response);
  switch (found.outcome) {
    case ParseOutcome::kFormErr:
      response.SetRcode(Rcode::kFormErr);
      break;
    case ParseOutcome::kNotImp:
      response.SetRcode(Rcode::kNotImp);
      response.SetExtendedError(ExtendedError::kNotSupported);
      break;
    default:
      const ZoneEntry* const to_load = AnswerQuery(found, {context, cold != nullptr}, &response);
      if (to_load != nullptr) {
        *cold = to_load;
        return 0;
      }
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
