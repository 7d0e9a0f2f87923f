// Commands on contacts (RFC 5733).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"
#include "tests/sandbox_registry/request.h"

namespace quartet::sandbox {
namespace {

using controller::epp::kContactNamespace;
using controller::epp::XmlElement;
using controller::epp::XmlWriter;

std::string IdOf(const Request& request) { return request.object.ChildText(kContactNamespace, "id"); }

Postal ReadPostal(const XmlElement& element) {
  Postal postal;
  postal.set_type(element.Attribute("type").value_or(""));
  postal.set_name(element.ChildText(kContactNamespace, "name"));
  postal.set_organisation(element.ChildText(kContactNamespace, "org"));
  const std::optional<XmlElement> address = element.Child(kContactNamespace, "addr");
  if (!address.has_value()) return postal;
  for (const XmlElement& line : address->Children(kContactNamespace, "street"))
    postal.add_street(line.Text());
  postal.set_city(address->ChildText(kContactNamespace, "city"));
  postal.set_state(address->ChildText(kContactNamespace, "sp"));
  postal.set_postal_code(address->ChildText(kContactNamespace, "pc"));
  postal.set_country(address->ChildText(kContactNamespace, "cc"));
  return postal;
}

// What <create> and <chg> have in common: what is there takes the place of what was.
void ReadInto(const XmlElement& element, Contact& contact) {
  const std::vector<XmlElement> postals = element.Children(kContactNamespace, "postalInfo");
  if (!postals.empty()) contact.clear_postals();
  for (const XmlElement& postal : postals) *contact.add_postals() = ReadPostal(postal);
  if (const auto voice = element.Child(kContactNamespace, "voice")) contact.set_voice(voice->Text());
  if (const auto fax = element.Child(kContactNamespace, "fax")) contact.set_fax(fax->Text());
  if (const auto email = element.Child(kContactNamespace, "email")) contact.set_email(email->Text());
  if (const auto auth = element.Child(kContactNamespace, "authInfo")) {
    contact.set_auth_info(auth->ChildText(kContactNamespace, "pw"));
  }
}

void WritePostal(XmlWriter& writer, const Postal& postal) {
  writer.Start("contact:postalInfo").Attribute("type", postal.type()).Element("contact:name", postal.name());
  if (!postal.organisation().empty()) writer.Element("contact:org", postal.organisation());
  writer.Start("contact:addr");
  for (const std::string& line : postal.street()) writer.Element("contact:street", line);
  writer.Element("contact:city", postal.city());
  if (!postal.state().empty()) writer.Element("contact:sp", postal.state());
  if (!postal.postal_code().empty()) writer.Element("contact:pc", postal.postal_code());
  writer.Element("contact:cc", postal.country()).End().End();
}

std::optional<Refusal> FindOwn(const Request& request, Contact& contact) {
  const std::optional<Contact> found = request.rows.FindContact(IdOf(request));
  if (!found.has_value()) return Refusal{2303, ""};
  contact = *found;
  if (contact.origin().sponsor() != request.client) return Refusal{2201, ""};
  return std::nullopt;
}

std::optional<Refusal> ChangeStatuses(const XmlElement& element, bool add, Contact& contact) {
  for (const XmlElement& one : element.Children(kContactNamespace, "status")) {
    const std::string status = one.Attribute("s").value_or("");
    if (status.rfind("client", 0) != 0)
      return Refusal{2306, absl::StrCat(status, " is not a client's to set")};
    if (Holds(contact.client_statuses(), status) == add)
      return Refusal{2306, absl::StrCat("status ", status)};
    add ? contact.add_client_statuses(status) : RemoveFrom(*contact.mutable_client_statuses(), status);
  }
  return std::nullopt;
}

}  // namespace

Reply CheckContacts(Request& request) {
  std::vector<std::pair<std::string, std::string>> ids;
  for (const XmlElement& id : request.object.Children(kContactNamespace, "id")) {
    ids.emplace_back(id.Text(), request.rows.FindContact(id.Text()).has_value() ? "In use" : "");
  }
  return Reply::Data([ids](XmlWriter& writer) {
    writer.Start("contact:chkData", kContactNamespace);
    for (const auto& [id, reason] : ids) WriteCheck(writer, "contact", "id", id, reason);
    writer.End();
  });
}

Reply InfoContact(Request& request) {
  const std::optional<Contact> contact = request.rows.FindContact(IdOf(request));
  if (!contact.has_value()) return Reply::Refuse({2303, ""});
  const bool own = contact->origin().sponsor() == request.client;
  const bool linked = request.rows.IsContactUsed(contact->id());
  return Reply::Data([contact = *contact, own, linked](XmlWriter& writer) {
    writer.Start("contact:infData", kContactNamespace).Element("contact:id", contact.id());
    writer.Element("contact:roid", contact.origin().roid());
    if (contact.client_statuses().empty()) writer.Start("contact:status").Attribute("s", "ok").End();
    for (const std::string& status : contact.client_statuses()) {
      writer.Start("contact:status").Attribute("s", status).End();
    }
    if (linked) writer.Start("contact:status").Attribute("s", "linked").End();
    for (const Postal& postal : contact.postals()) WritePostal(writer, postal);
    if (!contact.voice().empty()) writer.Element("contact:voice", contact.voice());
    if (!contact.fax().empty()) writer.Element("contact:fax", contact.fax());
    writer.Element("contact:email", contact.email());
    WriteOrigin(writer, "contact", contact.origin());
    if (own) writer.Start("contact:authInfo").Element("contact:pw", contact.auth_info()).End();
    writer.End();
  });
}

Reply CreateContact(Request& request) {
  Contact contact;
  contact.set_id(IdOf(request));
  if (request.rows.FindContact(contact.id()).has_value()) return Reply::Refuse({2302, ""});
  ReadInto(request.object, contact);
  *contact.mutable_origin() = NewOrigin(request, 'C');
  request.rows.Put(contact);
  return Reply::Data([contact](XmlWriter& writer) {
    writer.Start("contact:creData", kContactNamespace)
        .Element("contact:id", contact.id())
        .Element("contact:crDate", FormatTime(contact.origin().create_us()))
        .End();
  });
}

Reply DeleteContact(Request& request) {
  Contact contact;
  if (std::optional<Refusal> refusal = FindOwn(request, contact)) return Reply::Refuse(*refusal);
  if (Holds(contact.client_statuses(), "clientDeleteProhibited")) {
    return Reply::Refuse({2304, "clientDeleteProhibited"});
  }
  if (request.rows.IsContactUsed(contact.id())) return Reply::Refuse({2305, "domains have it as a contact"});
  request.rows.Remove(contact);
  return {};
}

Reply UpdateContact(Request& request) {
  Contact contact;
  if (std::optional<Refusal> refusal = FindOwn(request, contact)) return Reply::Refuse(*refusal);
  const bool locked = Holds(contact.client_statuses(), "clientUpdateProhibited");
  const auto add = request.object.Child(kContactNamespace, "add");
  const auto remove = request.object.Child(kContactNamespace, "rem");
  const auto change = request.object.Child(kContactNamespace, "chg");
  if (!add.has_value() && !remove.has_value() && !change.has_value()) {
    return Reply::Refuse({2003, "nothing is to be changed"});
  }
  if (remove.has_value()) {
    if (std::optional<Refusal> refusal = ChangeStatuses(*remove, false, contact))
      return Reply::Refuse(*refusal);
  }
  if (locked && Holds(contact.client_statuses(), "clientUpdateProhibited")) {
    return Reply::Refuse({2304, "clientUpdateProhibited"});
  }
  if (add.has_value()) {
    if (std::optional<Refusal> refusal = ChangeStatuses(*add, true, contact)) return Reply::Refuse(*refusal);
  }
  if (change.has_value()) ReadInto(*change, contact);
  Touch(*contact.mutable_origin(), request);
  request.rows.Put(contact);
  return {};
}

}  // namespace quartet::sandbox
