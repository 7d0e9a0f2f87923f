#include "tests/sandbox_registry/command_shapes.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::sandbox {
namespace {

using controller::epp::kContactNamespace;
using controller::epp::kDomainNamespace;
using controller::epp::kEppNamespace;
using controller::epp::kHostNamespace;
using controller::epp::kSecDnsNamespace;
using controller::epp::XmlElement;
using Content = Shape::Content;

constexpr size_t kMany = 100'000;

Shape Text(TextRule rule, std::vector<AttributeShape> attributes = {}) {
  Shape shape;
  shape.content = Content::kText;
  shape.text = std::move(rule);
  shape.attributes = std::move(attributes);
  return shape;
}

Shape Of(absl::string_view name_space, Content content, std::vector<Part> parts,
         std::vector<AttributeShape> attributes = {}) {
  Shape shape;
  shape.name_space = name_space;
  shape.content = content;
  shape.parts = std::move(parts);
  shape.attributes = std::move(attributes);
  return shape;
}

// Shapes are referred to by address, so each is made once and kept: in the order of what refers to what.
struct Common {
  const Shape any_text = Text(AnyText());
  const Shape label = Text(Token(1, 255));
  const Shape client = Text(Token(3, 16));
  const Shape client_or_none = Text(Token(0, 16));
  const Shape trid = Text(Token(3, 64));
  const Shape password = Text(AnyText(), {{"roid", Token(3, 89)}});
  const Shape address = Text(Token(3, 45), {{"ip", OneOf({"v4", "v6"})}});
};

const Common& common() {
  static const Common* const shapes = new Common();
  return *shapes;
}

struct SessionShapes {
  const Shape version = Text(OneOf({"1.0"}));
  const Shape language = Text(Token(1, 64));
  const Shape secret = Text(Token(6, 16));
  const Shape options = Of(kEppNamespace, Content::kSequence, {{"version", &version}, {"lang", &language}});
  const Shape extension_uris =
      Of(kEppNamespace, Content::kSequence, {{"extURI", &common().any_text, 1, kMany}});
  const Shape services = Of(kEppNamespace, Content::kSequence,
                            {{"objURI", &common().any_text, 1, kMany}, {"svcExtension", &extension_uris, 0}});
  const Shape login = Of(kEppNamespace, Content::kSequence,
                         {{"clID", &common().client},
                          {"pw", &secret},
                          {"newPW", &secret, 0},
                          {"options", &options},
                          {"svcs", &services}});
  const Shape poll =
      Of(kEppNamespace, Content::kEmpty, {}, {{"op", OneOf({"ack", "req"}), true}, {"msgID", AnyText()}});
};

struct DomainShapes {
  static constexpr absl::string_view kSpace = kDomainNamespace;

  const Shape period = Text(Number(1, 99), {{"unit", OneOf({"y", "m"}), true}});
  const Shape host_attr = Of(kSpace, Content::kSequence,
                             {{"hostName", &common().label}, {"hostAddr", &common().address, 0, kMany}});
  const Shape ns = Of(kSpace, Content::kChoice,
                      {{"hostObj", &common().label, 1, kMany}, {"hostAttr", &host_attr, 1, kMany}});
  const Shape contact = Text(Token(3, 16), {{"type", OneOf({"admin", "billing", "tech"})}});
  const Shape auth_info = Of(kSpace, Content::kChoice, {{"pw", &common().password}});
  const Shape auth_info_change =
      Of(kSpace, Content::kChoice, {{"pw", &common().password}, {"null", &common().any_text}});
  const Shape status = Text(
      AnyText(),
      {{"s",
        OneOf({"clientDeleteProhibited", "clientHold", "clientRenewProhibited", "clientTransferProhibited",
               "clientUpdateProhibited", "inactive", "ok", "pendingCreate", "pendingDelete", "pendingRenew",
               "pendingTransfer", "pendingUpdate", "serverDeleteProhibited", "serverHold",
               "serverRenewProhibited", "serverTransferProhibited", "serverUpdateProhibited"}),
        true}});
  const Shape info_name = Text(Token(1, 255), {{"hosts", OneOf({"all", "del", "none", "sub"})}});
  const Shape date = Text(Date());
  const Shape add_or_remove =
      Of(kSpace, Content::kSequence,
         {{"ns", &ns, 0}, {"contact", &contact, 0, kMany}, {"status", &status, 0, 11}});
  const Shape change = Of(kSpace, Content::kSequence,
                          {{"registrant", &common().client_or_none, 0}, {"authInfo", &auth_info_change, 0}});

  const Shape check = Of(kSpace, Content::kSequence, {{"name", &common().label, 1, kMany}});
  const Shape info = Of(kSpace, Content::kSequence, {{"name", &info_name}, {"authInfo", &auth_info, 0}});
  const Shape remove = Of(kSpace, Content::kSequence, {{"name", &common().label}});
  const Shape create = Of(kSpace, Content::kSequence,
                          {{"name", &common().label},
                           {"period", &period, 0},
                           {"ns", &ns, 0},
                           {"registrant", &common().client, 0},
                           {"contact", &contact, 0, kMany},
                           {"authInfo", &auth_info}});
  const Shape renew = Of(kSpace, Content::kSequence,
                         {{"name", &common().label}, {"curExpDate", &date}, {"period", &period, 0}});
  const Shape transfer = Of(kSpace, Content::kSequence,
                            {{"name", &common().label}, {"period", &period, 0}, {"authInfo", &auth_info, 0}});
  const Shape update = Of(kSpace, Content::kSequence,
                          {{"name", &common().label},
                           {"add", &add_or_remove, 0},
                           {"rem", &add_or_remove, 0},
                           {"chg", &change, 0}});
};

struct HostShapes {
  static constexpr absl::string_view kSpace = kHostNamespace;

  const Shape status =
      Text(AnyText(), {{"s",
                        OneOf({"clientDeleteProhibited", "clientUpdateProhibited", "linked", "ok",
                               "pendingCreate", "pendingDelete", "pendingTransfer", "pendingUpdate",
                               "serverDeleteProhibited", "serverUpdateProhibited"}),
                        true}});
  const Shape add_or_remove =
      Of(kSpace, Content::kSequence, {{"addr", &common().address, 0, kMany}, {"status", &status, 0, 7}});
  const Shape check = Of(kSpace, Content::kSequence, {{"name", &common().label, 1, kMany}});
  const Shape one = Of(kSpace, Content::kSequence, {{"name", &common().label}});
  const Shape create =
      Of(kSpace, Content::kSequence, {{"name", &common().label}, {"addr", &common().address, 0, kMany}});
  const Shape update = Of(
      kSpace, Content::kSequence,
      {{"name", &common().label}, {"add", &add_or_remove, 0}, {"rem", &add_or_remove, 0}, {"chg", &one, 0}});
};

struct ContactShapes {
  static constexpr absl::string_view kSpace = kContactNamespace;

  const Shape line = Text(Token(1, 255));
  const Shape line_or_none = Text(Token(0, 255));
  const Shape code = Text(Token(0, 16));
  const Shape country = Text(Token(2, 2));
  const Shape phone = Text(Phone(), {{"x", AnyText()}});
  const Shape email = Text(Token(1, 100'000));
  const Shape address = Of(kSpace, Content::kSequence,
                           {{"street", &line_or_none, 0, 3},
                            {"city", &line},
                            {"sp", &line_or_none, 0},
                            {"pc", &code, 0},
                            {"cc", &country}});
  const Shape postal =
      Of(kSpace, Content::kSequence, {{"name", &line}, {"org", &line_or_none, 0}, {"addr", &address}},
         {{"type", OneOf({"int", "loc"}), true}});
  const Shape postal_change =
      Of(kSpace, Content::kSequence, {{"name", &line, 0}, {"org", &line_or_none, 0}, {"addr", &address, 0}},
         {{"type", OneOf({"int", "loc"}), true}});
  const Shape auth_info = Of(kSpace, Content::kChoice, {{"pw", &common().password}});
  const Shape typed = Of(kSpace, Content::kEmpty, {}, {{"type", OneOf({"int", "loc"}), true}});
  const Shape disclose = Of(kSpace, Content::kSequence,
                            {{"name", &typed, 0, 2},
                             {"org", &typed, 0, 2},
                             {"addr", &typed, 0, 2},
                             {"voice", &common().any_text, 0},
                             {"fax", &common().any_text, 0},
                             {"email", &common().any_text, 0}},
                            {{"flag", Boolean(), true}});
  const Shape check = Of(kSpace, Content::kSequence, {{"id", &common().client, 1, kMany}});
  const Shape one = Of(kSpace, Content::kSequence, {{"id", &common().client}});
  const Shape info = Of(kSpace, Content::kSequence, {{"id", &common().client}, {"authInfo", &auth_info, 0}});
  const Shape create = Of(kSpace, Content::kSequence,
                          {{"id", &common().client},
                           {"postalInfo", &postal, 1, 2},
                           {"voice", &phone, 0},
                           {"fax", &phone, 0},
                           {"email", &email},
                           {"authInfo", &auth_info},
                           {"disclose", &disclose, 0}});
  const Shape change = Of(kSpace, Content::kSequence,
                          {{"postalInfo", &postal_change, 0, 2},
                           {"voice", &phone, 0},
                           {"fax", &phone, 0},
                           {"email", &email, 0},
                           {"authInfo", &auth_info, 0},
                           {"disclose", &disclose, 0}});
  const Shape status =
      Text(AnyText(),
           {{"s",
             OneOf({"clientDeleteProhibited", "clientTransferProhibited", "clientUpdateProhibited", "linked",
                    "ok", "pendingCreate", "pendingDelete", "pendingTransfer", "pendingUpdate",
                    "serverDeleteProhibited", "serverTransferProhibited", "serverUpdateProhibited"}),
             true}});
  const Shape statuses = Of(kSpace, Content::kSequence, {{"status", &status, 1, 7}});
  const Shape update =
      Of(kSpace, Content::kSequence,
         {{"id", &common().client}, {"add", &statuses, 0}, {"rem", &statuses, 0}, {"chg", &change, 0}});
};

struct SecDnsShapes {
  static constexpr absl::string_view kSpace = kSecDnsNamespace;

  const Shape byte = Text(Number(0, 255));
  const Shape word = Text(Number(0, 65535));
  const Shape life = Text(Number(1, 2147483647));
  const Shape hex = Text(Hex());
  const Shape public_key = Text(Base64());
  const Shape boolean = Text(Boolean());
  const Shape key = Of(kSpace, Content::kSequence,
                       {{"flags", &word}, {"protocol", &byte}, {"alg", &byte}, {"pubKey", &public_key}});
  const Shape ds =
      Of(kSpace, Content::kSequence,
         {{"keyTag", &word}, {"alg", &byte}, {"digestType", &byte}, {"digest", &hex}, {"keyData", &key, 0}});
  const Shape ds_or_key =
      Of(kSpace, Content::kChoice, {{"dsData", &ds, 1, kMany}, {"keyData", &key, 1, kMany}});
  const Shape create = Of(kSpace, Content::kSequence, {{"maxSigLife", &life, 0}, {"", &ds_or_key}});
  const Shape remove = Of(kSpace, Content::kChoice,
                          {{"all", &boolean}, {"dsData", &ds, 1, kMany}, {"keyData", &key, 1, kMany}});
  const Shape change = Of(kSpace, Content::kSequence, {{"maxSigLife", &life, 0}});
  const Shape update =
      Of(kSpace, Content::kSequence, {{"rem", &remove, 0}, {"add", &create, 0}, {"chg", &change, 0}},
         {{"urgent", Boolean()}});
};

using Table = std::map<std::pair<std::string, std::string>, const Shape*>;

const Table& Objects() {
  static const auto* const domain = new DomainShapes();
  static const auto* const host = new HostShapes();
  static const auto* const contact = new ContactShapes();
  const auto of = [](absl::string_view space, const char* verb) {
    return std::pair(std::string(verb), std::string(space));
  };
  static const Table* const table = new Table{
      {of(kDomainNamespace, "check"), &domain->check},
      {of(kDomainNamespace, "info"), &domain->info},
      {of(kDomainNamespace, "create"), &domain->create},
      {of(kDomainNamespace, "delete"), &domain->remove},
      {of(kDomainNamespace, "renew"), &domain->renew},
      {of(kDomainNamespace, "transfer"), &domain->transfer},
      {of(kDomainNamespace, "update"), &domain->update},
      {of(kHostNamespace, "check"), &host->check},
      {of(kHostNamespace, "info"), &host->one},
      {of(kHostNamespace, "create"), &host->create},
      {of(kHostNamespace, "delete"), &host->one},
      {of(kHostNamespace, "update"), &host->update},
      {of(kContactNamespace, "check"), &contact->check},
      {of(kContactNamespace, "info"), &contact->info},
      {of(kContactNamespace, "create"), &contact->create},
      {of(kContactNamespace, "delete"), &contact->one},
      {of(kContactNamespace, "update"), &contact->update},
  };
  return *table;
}

// Of an object's element in a command: ("check", domain's namespace). nullptr: the object has no such command.
const Shape* ObjectShape(absl::string_view verb, absl::string_view name_space) {
  const auto found = Objects().find({std::string(verb), std::string(name_space)});
  return found == Objects().end() ? nullptr : found->second;
}

const Shape* SecDnsShape(absl::string_view name) {
  static const auto* const shapes = new SecDnsShapes();
  if (name == "create") return &shapes->create;
  return name == "update" ? &shapes->update : nullptr;
}

// There is one extension of commands, and of commands on domains only.
Misfit WhyExtensionMisfits(const XmlElement& verb, const XmlElement& object, const XmlElement& extension) {
  const std::vector<XmlElement> parts = extension.Children();
  if (parts.empty()) return {2001, "the extension is empty"};
  const XmlElement& part = parts.front();
  const Shape* const shape = part.name_space() == kSecDnsNamespace ? SecDnsShape(part.name()) : nullptr;
  if (shape == nullptr || parts.size() != 1 || part.name() != verb.name() ||
      object.name_space() != kDomainNamespace) {
    return {2103, absl::StrCat(part.name(), " of ", part.name_space())};
  }
  return WhyMisfit(part, *shape);
}

}  // namespace

const Shape* CommandShape(absl::string_view verb) {
  static const auto* const shapes = new SessionShapes();
  if (verb == "login") return &shapes->login;
  if (verb == "poll") return &shapes->poll;
  return verb == "logout" ? &common().any_text : nullptr;
}

Misfit WhyObjectCommandMisfits(const XmlElement& verb, const std::optional<XmlElement>& extension) {
  const std::vector<XmlElement> objects = verb.Children();
  if (objects.size() != 1) return {2001, absl::StrCat(verb.name(), " holds one element")};
  const XmlElement& object = objects.front();
  if (object.name_space() != kDomainNamespace && object.name_space() != kHostNamespace &&
      object.name_space() != kContactNamespace) {
    return {2307, std::string(object.name_space())};
  }
  const Shape* const shape =
      object.name() == verb.name() ? ObjectShape(verb.name(), object.name_space()) : nullptr;
  if (shape == nullptr) return {2101, absl::StrCat(verb.name(), " of ", object.name())};
  const std::optional<std::string> op = verb.Attribute("op");
  if (verb.name() == "transfer" &&
      !OneOf({"request", "query", "cancel", "approve", "reject"})(op.value_or(""))) {
    return {op.has_value() ? 2005 : 2003, "op of transfer"};
  }
  if (Misfit misfit = WhyMisfit(object, *shape); misfit.code != 0) return misfit;
  return extension.has_value() ? WhyExtensionMisfits(verb, object, *extension) : Misfit();
}

const Shape& TridShape() { return common().trid; }

}  // namespace quartet::sandbox
