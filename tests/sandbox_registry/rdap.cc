#include "tests/sandbox_registry/rdap.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "tests/sandbox_registry/domain_parts.h"
#include "tests/sandbox_registry/rdap.pb.h"
#include "tests/sandbox_registry/request.h"

namespace quartet::sandbox {
namespace {

constexpr char kConformance[] = "rdap_level_0";

RdapAnswer Encode(int status, const google::protobuf::Message& object) {
  RdapAnswer answer{status, ""};
  QUARTET_CHECK(google::protobuf::util::MessageToJsonString(object, &answer.json).ok());
  return answer;
}

RdapAnswer Refuse(int status, const std::string& title, const std::string& why) {
  rdap::Error error;
  error.add_rdap_conformance(kConformance);
  error.set_error_code(static_cast<uint32_t>(status));
  error.set_title(title);
  error.add_description(why);
  return Encode(status, error);
}

template <typename Object>
void AddEvent(const std::string& action, int64_t time_us, Object& object) {
  if (time_us == 0) return;
  rdap::Event& event = *object.add_events();
  event.set_event_action(action);
  event.set_event_date(FormatTime(time_us));
}

// ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", NAME]]].
void SetName(const std::string& name, rdap::Entity& entity) {
  google::protobuf::ListValue& card = *entity.mutable_vcard_array();
  card.add_values()->set_string_value("vcard");
  google::protobuf::ListValue& properties = *card.add_values()->mutable_list_value();
  const auto add = [&](const std::string& property, const std::string& text) {
    google::protobuf::ListValue& parts = *properties.add_values()->mutable_list_value();
    parts.add_values()->set_string_value(property);
    parts.add_values()->mutable_struct_value();
    parts.add_values()->set_string_value("text");
    parts.add_values()->set_string_value(text);
  };
  add("version", "4.0");
  add("fn", name);
}

template <typename Object>
rdap::Entity& AddEntity(const std::string& handle, const std::string& role, Object& object) {
  rdap::Entity& entity = *object.add_entities();
  entity.set_object_class_name("entity");
  entity.set_handle(handle);
  entity.add_roles(role);
  return entity;
}

// What every object has of where it comes from.
template <typename Object>
void WriteOrigin(const Origin& origin, Object& object) {
  object.set_handle(origin.roid());
  AddEvent("registration", origin.create_us(), object);
  AddEvent("last changed", origin.update_us(), object);
  AddEvent("transfer", origin.transfer_us(), object);
  SetName(origin.sponsor(), AddEntity(origin.sponsor(), "registrar", object));
}

// RFC 9083 §10.2.4.
std::string RoleOf(const std::string& contact_type) {
  if (contact_type == "admin") return "administrative";
  return contact_type == "tech" ? "technical" : contact_type;
}

template <typename Addresses>
void WriteNameserver(const std::string& name, const Addresses& addresses, rdap::Nameserver& nameserver) {
  nameserver.set_object_class_name("nameserver");
  nameserver.set_ldh_name(name);
  for (const Address& address : addresses) {
    rdap::IpAddresses& all = *nameserver.mutable_ip_addresses();
    (address.v6() ? all.add_v6() : all.add_v4())->assign(address.text());
  }
}

void WriteNameservers(const Registry& registry, const Domain& domain, rdap::Domain& object) {
  for (const std::string& name : domain.hosts()) {
    WriteNameserver(name, registry.FindHost(name).value_or(Host()).addresses(), *object.add_nameservers());
  }
  for (const HostAttribute& host : domain.attributes()) {
    WriteNameserver(host.name(), host.addresses(), *object.add_nameservers());
  }
}

void WriteSecureDns(const Domain& domain, rdap::SecureDns& object) {
  object.set_delegation_signed(!domain.ds().empty() || !domain.keys().empty());
  for (const DsData& ds : domain.ds()) {
    rdap::Ds& out = *object.add_ds_data();
    out.set_key_tag(ds.key_tag());
    out.set_algorithm(ds.algorithm());
    out.set_digest_type(ds.digest_type());
    out.set_digest(ds.digest());
  }
  for (const KeyData& key : domain.keys()) {
    rdap::Key& out = *object.add_key_data();
    out.set_flags(key.flags());
    out.set_protocol(key.protocol());
    out.set_algorithm(key.algorithm());
    out.set_public_key(key.public_key());
  }
}

RdapAnswer AnswerDomain(const Registry& registry, const Domain& domain) {
  rdap::Domain object;
  object.add_rdap_conformance(kConformance);
  object.set_object_class_name("domain");
  object.set_ldh_name(domain.name());
  for (const std::string& status : StatusesOf(domain)) object.add_status(RdapStatus(status));
  WriteOrigin(domain.origin(), object);
  AddEvent("expiration", domain.expiry_us(), object);
  WriteNameservers(registry, domain, object);
  WriteSecureDns(domain, *object.mutable_secure_dns());
  if (!domain.registrant().empty()) AddEntity(domain.registrant(), "registrant", object);
  for (const DomainContact& contact : domain.contacts()) {
    AddEntity(contact.id(), RoleOf(contact.type()), object);
  }
  return Encode(200, object);
}

RdapAnswer AnswerNameserver(const Host& host) {
  rdap::Nameserver object;
  object.add_rdap_conformance(kConformance);
  WriteNameserver(host.name(), host.addresses(), object);
  object.add_status("active");
  WriteOrigin(host.origin(), object);
  return Encode(200, object);
}

RdapAnswer AnswerHelp(const Registry& registry) {
  rdap::Help help;
  help.add_rdap_conformance(kConformance);
  rdap::Notice& notice = *help.add_notices();
  notice.set_title(registry.config().server_id);
  notice.add_description("It answers /domain/NAME, /nameserver/NAME and /help.");
  for (const auto& [tld, unused] : registry.config().tlds) {
    notice.add_description(absl::StrCat("It runs the TLD ", tld, "."));
  }
  return Encode(200, help);
}

}  // namespace

std::string RdapStatus(absl::string_view epp_status) {
  if (epp_status == "ok") return "active";
  if (epp_status == "linked") return "associated";
  std::string words;
  for (const char c : epp_status) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) words += ' ';
    words += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return words;
}

RdapAnswer AnswerRdap(const Registry& registry, absl::string_view path) {
  if (path == "/help") return AnswerHelp(registry);
  const size_t slash = path.find('/', 1);
  const absl::string_view kind = path.substr(0, slash);
  if (slash == absl::string_view::npos || (kind != "/domain" && kind != "/nameserver")) {
    return Refuse(400, "Bad Request", "ask for /domain/NAME, /nameserver/NAME or /help");
  }
  const std::string name = NameIn(path.substr(slash + 1));
  if (!IsHostName(name)) return Refuse(400, "Bad Request", "the name is no host name, of A-labels");
  if (kind == "/domain") {
    if (const std::optional<Domain> domain = registry.FindDomain(name))
      return AnswerDomain(registry, *domain);
  } else if (const std::optional<Host> host = registry.FindHost(name)) {
    return AnswerNameserver(*host);
  }
  return Refuse(404, "Not Found", absl::StrCat(name, " is not in this registry"));
}

}  // namespace quartet::sandbox
