// Transfers of domains between clients (RFC 5731 §3.2.4).
#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"
#include "tests/sandbox_registry/domain_parts.h"
#include "tests/sandbox_registry/request.h"

namespace quartet::sandbox {
namespace {

using controller::epp::kDomainNamespace;
using controller::epp::XmlElement;
using controller::epp::XmlWriter;

constexpr int64_t kDayUs = int64_t{86400} * 1'000'000;
// RFC 5731 leaves it to the registry; gTLDs give five days.
constexpr int64_t kAnswerWithinUs = 5 * kDayUs;

void Tell(Rows& rows, const std::string& client, const Domain& domain, const std::string& text,
          int64_t now_us) {
  Message message;
  message.set_time_us(now_us);
  message.set_text(text);
  message.mutable_transfer()->set_domain(domain.name());
  *message.mutable_transfer()->mutable_transfer() = domain.transfer();
  rows.Add(client, message);
}

Reply TransferReply(const Domain& domain, int code) {
  Reply reply = Reply::Data([domain](XmlWriter& writer) {
    WriteTransfer(writer, domain.name(), domain.transfer(), domain.expiry_us());
  });
  reply.code = code;
  return reply;
}

std::optional<Refusal> MayAsk(const Request& request, const Domain& domain) {
  const std::optional<XmlElement> auth_info = request.object.Child(kDomainNamespace, "authInfo");
  if (domain.origin().sponsor() == request.client) return Refusal{2106, "it is yours"};
  if (!auth_info.has_value()) return Refusal{2003, "authInfo is needed"};
  if (auth_info->ChildText(kDomainNamespace, "pw") != domain.auth_info()) return Refusal{2202, ""};
  if (domain.transfer().status() == "pending") return Refusal{2300, ""};
  return CheckStatus(domain, "clientTransferProhibited");
}

Reply Ask(Request& request, Domain& domain) {
  if (auto refusal = MayAsk(request, domain)) return Reply::Refuse(*refusal);
  const Tld& tld = *TldOf(request.config, domain.name());
  const uint32_t years = YearsOf(request, tld);
  if (years == 0)
    return Reply::Refuse({2004, absl::StrCat(tld.least_years, " to ", tld.most_years, " years")});
  const Domain before = domain;
  Transfer& transfer = *domain.mutable_transfer();
  transfer.set_years(years);
  transfer.set_status("pending");
  transfer.set_requester(request.client);
  transfer.set_request_us(request.now_us);
  transfer.set_acting(domain.origin().sponsor());
  transfer.set_act_us(request.now_us + kAnswerWithinUs);
  request.rows.Put(domain, &before);
  Tell(request.rows, domain.origin().sponsor(), domain, "Transfer requested.", request.now_us);
  return TransferReply(domain, 1001);
}

// To who asked for it, with its hosts.
void Move(Rows& rows, Domain& domain, int64_t now_us) {
  domain.mutable_origin()->set_sponsor(domain.transfer().requester());
  domain.mutable_origin()->set_transfer_us(now_us);
  domain.set_expiry_us(AddYears(domain.expiry_us(), domain.transfer().years()));
  for (const std::string& name : rows.HostsBelow(domain.name())) {
    std::optional<Host> host = rows.FindHost(name);
    if (!host.has_value()) continue;
    host->mutable_origin()->set_sponsor(domain.origin().sponsor());
    host->mutable_origin()->set_transfer_us(now_us);
    rows.Put(*host);
  }
}

// Ends a transfer that is pending; with `moves` the domain goes to who asked for it. `tell` are told.
void End(Rows& rows, Domain& domain, const std::string& status, bool moves,
         const std::vector<std::string>& tell, int64_t now_us) {
  const Domain before = domain;
  domain.mutable_transfer()->set_status(status);
  domain.mutable_transfer()->set_act_us(now_us);
  if (moves) Move(rows, domain, now_us);
  rows.Put(domain, &before);
  for (const std::string& client : tell)
    Tell(rows, client, domain, absl::StrCat("Transfer ", status, "."), now_us);
}

// By one of the two: the other one is told.
Reply EndByClient(Request& request, Domain& domain, const std::string& status, bool moves) {
  const std::string other = request.client == domain.transfer().requester() ? domain.origin().sponsor()
                                                                            : domain.transfer().requester();
  End(request.rows, domain, status, moves, {other}, request.now_us);
  return TransferReply(domain, 1000);
}

}  // namespace

Reply TransferDomain(Request& request, const std::string& op) {
  std::optional<Domain> found = request.rows.FindDomain(DomainNameOf(request));
  if (!found.has_value()) return Reply::Refuse({2303, ""});
  Domain& domain = *found;
  if (op == "request") return Ask(request, domain);
  const bool sponsors = domain.origin().sponsor() == request.client;
  const bool asked = domain.transfer().requester() == request.client;
  if (op == "query") {
    if (domain.transfer().status().empty()) return Reply::Refuse({2301, ""});
    if (!sponsors && !asked) return Reply::Refuse({2201, ""});
    return TransferReply(domain, 1000);
  }
  if (domain.transfer().status() != "pending") return Reply::Refuse({2301, ""});
  if (op == "cancel" ? !asked : !sponsors) return Reply::Refuse({2201, ""});
  if (op == "cancel") return EndByClient(request, domain, "clientCancelled", false);
  if (op == "reject") return EndByClient(request, domain, "clientRejected", false);
  return EndByClient(request, domain, "clientApproved", true);
}

void ApproveDueTransfer(Rows& rows, const Domain& domain, int64_t now_us) {
  Domain moved = domain;
  End(rows, moved, "serverApproved", true, {domain.origin().sponsor(), domain.transfer().requester()},
      now_us);
}

}  // namespace quartet::sandbox
