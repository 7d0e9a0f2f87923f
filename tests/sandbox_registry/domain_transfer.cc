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
  const Domain before = domain;
  Transfer& transfer = *domain.mutable_transfer();
  transfer.set_status("pending");
  transfer.set_requester(request.client);
  transfer.set_request_us(request.now_us);
  transfer.set_acting(domain.origin().sponsor());
  transfer.set_act_us(request.now_us + kAnswerWithinUs);
  request.rows.Put(domain, &before);
  Tell(request.rows, domain.origin().sponsor(), domain, "Transfer requested.", request.now_us);
  return TransferReply(domain, 1001);
}

// Ends a transfer that is pending; with `moves` the domain goes to who asked for it, with its hosts.
Reply End(Request& request, Domain& domain, const std::string& status, bool moves) {
  const Domain before = domain;
  const std::string other = request.client == domain.transfer().requester() ? domain.origin().sponsor()
                                                                            : domain.transfer().requester();
  domain.mutable_transfer()->set_status(status);
  domain.mutable_transfer()->set_act_us(request.now_us);
  if (moves) {
    domain.mutable_origin()->set_sponsor(domain.transfer().requester());
    domain.mutable_origin()->set_transfer_us(request.now_us);
    domain.set_expiry_us(AddYears(domain.expiry_us(), 1));
    for (const std::string& name : request.rows.HostsBelow(domain.name())) {
      std::optional<Host> host = request.rows.FindHost(name);
      if (!host.has_value()) continue;
      host->mutable_origin()->set_sponsor(domain.origin().sponsor());
      host->mutable_origin()->set_transfer_us(request.now_us);
      request.rows.Put(*host);
    }
  }
  request.rows.Put(domain, &before);
  Tell(request.rows, other, domain, absl::StrCat("Transfer ", status, "."), request.now_us);
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
  if (op == "cancel") return End(request, domain, "clientCancelled", false);
  if (op == "reject") return End(request, domain, "clientRejected", false);
  return End(request, domain, "clientApproved", true);
}

}  // namespace quartet::sandbox
