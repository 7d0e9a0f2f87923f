#include "controller/registrar/epp/schema.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <cstdlib>

#include "dns/base/check.h"

namespace quartet::controller::epp {
namespace {

void Collect(void* text, const xmlError* error) {
  if (error != nullptr && error->message != nullptr) static_cast<std::string*>(text)->append(error->message);
}

// The signature is one version's of libxml2: without const.
void CollectError(void* text, xmlErrorPtr error) { Collect(text, error); }

}  // namespace

const Schemas* Schemas::Load() {
  static const Schemas* const schemas = []() -> const Schemas* {
    const char* const data = std::getenv("QUARTET_TEST_DATA");
    if (data == nullptr || *data == '\0') return nullptr;
    xmlSchemaParserCtxt* const parser =
        xmlSchemaNewParserCtxt((std::string(data) + "/epp-xsd/epp.xsd").c_str());
    xmlSchema* const schema = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    QUARTET_CHECK(schema != nullptr);
    return new Schemas(schema);
  }();
  return schemas;
}

std::string Schemas::WhyInvalid(const std::string& message) const {
  xmlDoc* const document =
      xmlReadMemory(message.data(), static_cast<int>(message.size()), "message", nullptr, XML_PARSE_NONET);
  if (document == nullptr) return "it is no XML";
  xmlSchemaValidCtxt* const valid = xmlSchemaNewValidCtxt(schema_);
  std::string why;
  xmlSchemaSetValidStructuredErrors(valid, &CollectError, &why);
  if (xmlSchemaValidateDoc(valid, document) != 0 && why.empty()) why = "it is invalid";
  xmlSchemaFreeValidCtxt(valid);
  xmlFreeDoc(document);
  return why;
}

}  // namespace quartet::controller::epp
