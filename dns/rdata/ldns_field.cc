#include "dns/rdata/ldns_field.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"

namespace quartet::dns {
namespace {

struct FreeRdf {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};

// How a field in ldns's description of a type is read. False: not at all.
bool SpecOf(ldns_rdf_type format, FieldSpec* spec) {
  spec->name = "field";
  spec->ldns = format;
  switch (format) {
    case LDNS_RDF_TYPE_DNAME:
      spec->field = TextField::kName;
      return true;
    case LDNS_RDF_TYPE_INT8:
      spec->field = TextField::kU8;
      return true;
    case LDNS_RDF_TYPE_INT16:
      spec->field = TextField::kU16;
      return true;
    case LDNS_RDF_TYPE_INT32:
      spec->field = TextField::kU32;
      return true;
    case LDNS_RDF_TYPE_A:
      spec->field = TextField::kIpv4;
      return true;
    case LDNS_RDF_TYPE_AAAA:
      spec->field = TextField::kIpv6;
      return true;
    case LDNS_RDF_TYPE_STR:
      spec->field = TextField::kString;
      return true;
    case LDNS_RDF_TYPE_B64:
      spec->field = TextField::kBase64;
      return true;
    case LDNS_RDF_TYPE_HEX:
      spec->field = TextField::kHex;
      return true;
    case LDNS_RDF_TYPE_ALG:
      spec->field = TextField::kAlgorithm;
      return true;
    case LDNS_RDF_TYPE_BITMAP:
      spec->field = TextField::kTypes;
      return true;
    case LDNS_RDF_TYPE_NSAP:
    case LDNS_RDF_TYPE_ILNP64:
    case LDNS_RDF_TYPE_EUI48:
    case LDNS_RDF_TYPE_EUI64:
      spec->field = TextField::kLdnsWord;
      return true;
    default:
      return false;
  }
}

bool IsPlain(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxLdnsText &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool LookUp(ldns_lookup_table* table, absl::string_view mnemonic, int max, uint32_t* number) {
  if (!IsPlain(mnemonic)) return false;
  const std::string upper = absl::AsciiStrToUpper(mnemonic);
  const ldns_lookup_table* entry = ldns_lookup_by_name(table, upper.c_str());
  if (entry == nullptr || entry->id < 0 || entry->id > max) return false;
  *number = static_cast<uint32_t>(entry->id);
  return true;
}

}  // namespace

std::vector<FieldSpec> LdnsFieldsOf(Type type) {
  const ldns_rr_descriptor* descriptor = ldns_rr_descript(static_cast<uint16_t>(type));
  if (descriptor == nullptr || descriptor->_type != static_cast<ldns_rr_type>(type) || type == Type{})
    return {};
  const size_t count = ldns_rr_descriptor_maximum(descriptor);
  // Types with a variable number of fields, or fields that may be missing, are not read field by field.
  if (count != ldns_rr_descriptor_minimum(descriptor) || descriptor->_variable != LDNS_RDF_TYPE_NONE)
    return {};
  std::vector<FieldSpec> fields(count);
  for (size_t i = 0; i < count; ++i) {
    if (!SpecOf(ldns_rr_descriptor_field_type(descriptor, i), &fields[i])) return {};
  }
  return fields;
}

bool AppendLdnsField(int format, absl::string_view text, std::string* wire) {
  if (!IsPlain(text)) return false;
  // A copy of its own, with the final NUL: some of ldns's parsers write into the text.
  std::string copy(text);
  std::unique_ptr<ldns_rdf, FreeRdf> rdf(
      ldns_rdf_new_frm_str(static_cast<ldns_rdf_type>(format), copy.data()));
  if (rdf == nullptr) return false;
  wire->append(reinterpret_cast<const char*>(ldns_rdf_data(rdf.get())), ldns_rdf_size(rdf.get()));
  return true;
}

bool LdnsAlgorithm(absl::string_view mnemonic, uint32_t* number) {
  return LookUp(ldns_algorithms, mnemonic, 255, number);
}

bool LdnsCertificateType(absl::string_view mnemonic, uint32_t* number) {
  return LookUp(ldns_cert_algorithms, mnemonic, 65535, number);
}

}  // namespace quartet::dns
