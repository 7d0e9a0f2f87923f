#include "tests/sandbox_registry/reply.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::sandbox {
namespace {

using controller::epp::XmlWriter;

// RFC 5730 §3, word for word: clients are known to read it.
absl::string_view TextOf(int code) {
  static constexpr std::array<std::pair<int, absl::string_view>, 31> kTexts{{
      {1000, "Command completed successfully"},
      {1001, "Command completed successfully; action pending"},
      {1300, "Command completed successfully; no messages"},
      {1301, "Command completed successfully; ack to dequeue"},
      {1500, "Command completed successfully; ending session"},
      {2000, "Unknown command"},
      {2001, "Command syntax error"},
      {2002, "Command use error"},
      {2003, "Required parameter missing"},
      {2004, "Parameter value range error"},
      {2005, "Parameter value syntax error"},
      {2100, "Unimplemented protocol version"},
      {2101, "Unimplemented command"},
      {2102, "Unimplemented option"},
      {2103, "Unimplemented extension"},
      {2105, "Object is not eligible for renewal"},
      {2106, "Object is not eligible for transfer"},
      {2200, "Authentication error"},
      {2201, "Authorization error"},
      {2202, "Invalid authorization information"},
      {2300, "Object pending transfer"},
      {2301, "Object not pending transfer"},
      {2302, "Object exists"},
      {2303, "Object does not exist"},
      {2304, "Object status prohibits operation"},
      {2305, "Object association prohibits operation"},
      {2306, "Parameter value policy error"},
      {2307, "Unimplemented object service"},
      {2400, "Command failed"},
      {2500, "Command failed; server closing connection"},
      {2502, "Session limit exceeded; server closing connection"},
  }};
  for (const auto& [known, text] : kTexts) {
    if (known == code) return text;
  }
  return "Authentication error; server closing connection";
}

void WriteResult(XmlWriter& writer, const Reply& reply) {
  writer.Start("result").Attribute("code", absl::StrCat(reply.code));
  writer.Element("msg", TextOf(reply.code));
  if (!reply.reason.empty()) {
    writer.Start("extValue").Start("value").Element("text", "").End();
    writer.Element("reason", reply.reason).End();
  }
  writer.End();
}

void WriteQueue(XmlWriter& writer, const Reply& reply) {
  if (!reply.queued.has_value() || *reply.queued == 0) return;
  writer.Start("msgQ").Attribute("count", absl::StrCat(*reply.queued));
  writer.Attribute("id", absl::StrCat(reply.message.has_value() ? reply.message->id() : 0));
  if (reply.message.has_value()) {
    writer.Element("qDate", FormatTime(reply.message->time_us())).Element("msg", reply.message->text());
  }
  writer.End();
}

void WriteMessageData(XmlWriter& writer, const Message& message) {
  if (message.has_transfer()) {
    return WriteTransfer(writer, message.transfer().domain(), message.transfer().transfer(), 0);
  }
  const PendingEnd& end = message.pending();
  writer.Start("domain:panData", controller::epp::kDomainNamespace);
  writer.Start("domain:name").Attribute("paResult", end.done() ? "1" : "0").Text(end.domain()).End();
  writer.Start("domain:paTRID");
  if (!end.cltrid().empty()) writer.Element("clTRID", end.cltrid());
  writer.Element("svTRID", end.svtrid()).End();
  writer.Element("domain:paDate", FormatTime(end.time_us())).End();
}

void WritePart(XmlWriter& writer, absl::string_view element, const WriteFn& write) {
  if (!write) return;
  writer.Start(element);
  write(writer);
  writer.End();
}

}  // namespace

std::string FormatTime(int64_t time_us) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S.0Z", absl::FromUnixMicros(time_us), absl::UTCTimeZone());
}

void WriteTransfer(XmlWriter& writer, const std::string& domain, const Transfer& transfer,
                   int64_t expiry_us) {
  writer.Start("domain:trnData", controller::epp::kDomainNamespace)
      .Element("domain:name", domain)
      .Element("domain:trStatus", transfer.status())
      .Element("domain:reID", transfer.requester())
      .Element("domain:reDate", FormatTime(transfer.request_us()))
      .Element("domain:acID", transfer.acting())
      .Element("domain:acDate", FormatTime(transfer.act_us()));
  if (expiry_us != 0) writer.Element("domain:exDate", FormatTime(expiry_us));
  writer.End();
}

std::string EncodeReply(const Reply& reply, const std::string& cltrid, const std::string& svtrid) {
  XmlWriter writer;
  writer.Start("epp", controller::epp::kEppNamespace).Start("response");
  WriteResult(writer, reply);
  WriteQueue(writer, reply);
  WriteFn data = reply.data;
  if (reply.message.has_value()) data = [&](XmlWriter& out) { WriteMessageData(out, *reply.message); };
  WritePart(writer, "resData", data);
  WritePart(writer, "extension", reply.extension);
  writer.Start("trID");
  if (!cltrid.empty()) writer.Element("clTRID", cltrid);
  writer.Element("svTRID", svtrid);
  return writer.Finish();
}

std::string EncodeGreeting(const RegistryConfig& config, int64_t now_us) {
  XmlWriter writer;
  writer.Start("epp", controller::epp::kEppNamespace).Start("greeting");
  writer.Element("svID", config.server_id).Element("svDate", FormatTime(now_us));
  writer.Start("svcMenu").Element("version", "1.0").Element("lang", "en");
  for (const absl::string_view uri : {controller::epp::kDomainNamespace, controller::epp::kHostNamespace,
                                      controller::epp::kContactNamespace}) {
    writer.Element("objURI", uri);
  }
  writer.Start("svcExtension")
      .Element("extURI", controller::epp::kSecDnsNamespace)
      .Element("extURI", controller::epp::kRgpNamespace)
      .End()
      .End();
  writer.Start("dcp").Start("access").Element("all", "").End();
  writer.Start("statement");
  writer.Start("purpose").Element("prov", "").End();
  writer.Start("recipient").Element("ours", "").End();
  writer.Start("retention").Element("stated", "");
  return writer.Finish();
}

}  // namespace quartet::sandbox
