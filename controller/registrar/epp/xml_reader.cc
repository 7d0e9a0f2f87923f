#include "controller/registrar/epp/xml_reader.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace quartet::controller::epp {
namespace {

absl::string_view View(const xmlChar* text) {
  return text == nullptr ? absl::string_view() : absl::string_view(reinterpret_cast<const char*>(text));
}

std::string Take(xmlChar* text) {
  std::string taken(View(text));
  xmlFree(text);
  return taken;
}

// Entities are declared in a DOCTYPE: with none there is nothing to expand, and nothing to fetch.
void RefuseDoctype(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
  auto* const parser = static_cast<xmlParserCtxtPtr>(context);
  *static_cast<bool*>(parser->_private) = true;
  xmlStopParser(parser);
}

struct FreeParser {
  void operator()(xmlParserCtxt* parser) const { xmlFreeParserCtxt(parser); }
};

std::string WhyNot(const xmlParserCtxt& parser) {
  if (parser.lastError.message == nullptr) return "it is no XML";
  // It quotes the message, which may hold any bytes.
  return absl::StrCat("line ", parser.lastError.line, ": ",
                      absl::CHexEscape(absl::StripAsciiWhitespace(parser.lastError.message)));
}

}  // namespace

bool XmlElement::Is(absl::string_view space, absl::string_view local) const {
  return name() == local && name_space() == space;
}

absl::string_view XmlElement::name_space() const {
  return node_->ns == nullptr ? absl::string_view() : View(node_->ns->href);
}

absl::string_view XmlElement::name() const { return View(node_->name); }

std::string XmlElement::Text() const {
  std::string text = Take(xmlNodeGetContent(node_));
  absl::RemoveExtraAsciiWhitespace(&text);
  return text;
}

std::optional<std::string> XmlElement::Attribute(const char* name) const {
  xmlChar* const value = xmlGetNoNsProp(node_, reinterpret_cast<const xmlChar*>(name));
  if (value == nullptr) return std::nullopt;
  return Take(value);
}

std::vector<XmlElement> XmlElement::Children() const {
  std::vector<XmlElement> children;
  for (const xmlNode* child = node_->children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE) children.emplace_back(child);
  }
  return children;
}

std::vector<XmlElement> XmlElement::Children(absl::string_view space, absl::string_view local) const {
  std::vector<XmlElement> children;
  for (const XmlElement& child : Children()) {
    if (child.Is(space, local)) children.push_back(child);
  }
  return children;
}

std::optional<XmlElement> XmlElement::Child(absl::string_view space, absl::string_view local) const {
  for (const xmlNode* child = node_->children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE && XmlElement(child).Is(space, local)) return XmlElement(child);
  }
  return std::nullopt;
}

std::string XmlElement::ChildText(absl::string_view space, absl::string_view local) const {
  const std::optional<XmlElement> child = Child(space, local);
  return child.has_value() ? child->Text() : std::string();
}

absl::StatusOr<XmlDocument> XmlDocument::Parse(absl::string_view bytes) {
  const std::unique_ptr<xmlParserCtxt, FreeParser> parser(
      xmlCreateMemoryParserCtxt(bytes.data(), static_cast<int>(bytes.size())));
  if (parser == nullptr) return absl::InvalidArgumentError("the message is empty");
  xmlCtxtUseOptions(parser.get(),
                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
  bool doctype = false;
  parser->_private = &doctype;
  parser->sax->internalSubset = &RefuseDoctype;
  xmlParseDocument(parser.get());
  XmlDocument document(parser->myDoc);
  parser->myDoc = nullptr;
  if (doctype) return absl::InvalidArgumentError("the message has a DOCTYPE, which no EPP message has");
  if (parser->wellFormed == 0 || document.document_ == nullptr ||
      xmlDocGetRootElement(document.document_.get()) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("the message can't be read: ", WhyNot(*parser)));
  }
  return document;
}

XmlElement XmlDocument::root() const { return XmlElement(xmlDocGetRootElement(document_.get())); }

void XmlDocument::Free::operator()(_xmlDoc* document) const { xmlFreeDoc(document); }

}  // namespace quartet::controller::epp
