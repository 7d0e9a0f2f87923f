#include "controller/registrar/epp/contact.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::controller::epp {
namespace {

constexpr absl::string_view kSpace = kContactNamespace;

void StartContact(XmlWriter& writer, absl::string_view verb) {
  writer.Start(verb).Start(absl::StrCat("contact:", verb), kSpace);
}

void ElementIfAny(XmlWriter& writer, absl::string_view name, const std::string& text) {
  if (!text.empty()) writer.Element(name, text);
}

// postalInfo, voice, email, authInfo, in this order.
void WriteWho(XmlWriter& writer, const Contact& contact) {
  writer.Start("contact:postalInfo").Attribute("type", "int").Element("contact:name", contact.name);
  ElementIfAny(writer, "contact:org", contact.organisation);
  writer.Start("contact:addr");
  for (const std::string& line : contact.street) writer.Element("contact:street", line);
  writer.Element("contact:city", contact.city);
  ElementIfAny(writer, "contact:sp", contact.state);
  ElementIfAny(writer, "contact:pc", contact.postal_code);
  writer.Element("contact:cc", contact.country).End().End();
  ElementIfAny(writer, "contact:voice", contact.voice);
  writer.Element("contact:email", contact.email);
  writer.Start("contact:authInfo").Element("contact:pw", contact.auth_info).End();
}

Command OfOneContact(absl::string_view verb, const std::string& id) {
  return Command([verb, id](XmlWriter& writer) {
    StartContact(writer, verb);
    writer.Element("contact:id", id).End().End();
  });
}

}  // namespace

Command MakeContactCheck(const std::vector<std::string>& ids) {
  return Command([ids](XmlWriter& writer) {
    StartContact(writer, "check");
    for (const std::string& id : ids) writer.Element("contact:id", id);
    writer.End().End();
  });
}

Command MakeContactInfo(const std::string& id) { return OfOneContact("info", id); }
Command MakeContactDelete(const std::string& id) { return OfOneContact("delete", id); }

Command MakeContactCreate(const Contact& contact) {
  return Command([contact](XmlWriter& writer) {
    StartContact(writer, "create");
    writer.Element("contact:id", contact.id);
    WriteWho(writer, contact);
    writer.End().End();
  });
}

Command MakeContactUpdate(const Contact& contact) {
  return Command([contact](XmlWriter& writer) {
    StartContact(writer, "update");
    writer.Element("contact:id", contact.id).Start("contact:chg");
    WriteWho(writer, contact);
    writer.End().End().End();
  });
}

absl::StatusOr<std::vector<Availability>> ReadContactCheck(const XmlElement& data) {
  const absl::StatusOr<XmlElement> check = OnlyChild(data, kSpace, "chkData");
  if (!check.ok()) return check.status();
  return ReadAvailabilities(*check, kSpace, "id");
}

absl::StatusOr<Contact> ReadContactInfo(const XmlElement& data) {
  const absl::StatusOr<XmlElement> info = OnlyChild(data, kSpace, "infData");
  if (!info.ok()) return info.status();
  Contact contact;
  contact.id = info->ChildText(kSpace, "id");
  contact.voice = info->ChildText(kSpace, "voice");
  contact.email = info->ChildText(kSpace, "email");
  const std::optional<XmlElement> postal = info->Child(kSpace, "postalInfo");
  if (!postal.has_value()) return contact;
  contact.name = postal->ChildText(kSpace, "name");
  contact.organisation = postal->ChildText(kSpace, "org");
  const std::optional<XmlElement> address = postal->Child(kSpace, "addr");
  if (!address.has_value()) return contact;
  for (const XmlElement& line : address->Children(kSpace, "street")) contact.street.push_back(line.Text());
  contact.city = address->ChildText(kSpace, "city");
  contact.state = address->ChildText(kSpace, "sp");
  contact.postal_code = address->ChildText(kSpace, "pc");
  contact.country = address->ChildText(kSpace, "cc");
  return contact;
}

}  // namespace quartet::controller::epp
