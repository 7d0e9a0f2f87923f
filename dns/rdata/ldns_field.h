// The one door to ldns: single fields of known format and bounded length, never a whole record or file.
//
// ldns 1.8.3 is neither safe on hostile text in general nor strict: its LOC parser reads 0.5 m as 0.05 m and
// takes 99 minutes, its numbers wrap. What passes here is printable ASCII of at most kMaxLdnsText characters,
// for formats whose parsers were read and are fuzzed. Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/rdata/type_fields.h"

namespace quartet::dns {

inline constexpr size_t kMaxLdnsText = 255;

// Fields of a type that ldns knows and our own table doesn't. Empty if ldns doesn't know it either, or if it
// has a field we don't trust ldns with.
std::vector<FieldSpec> LdnsFieldsOf(Type type);

// Appends the field in wire format; `format` is a FieldSpec's `ldns`. False if the text is not of that
// format.
bool AppendLdnsField(int format, absl::string_view text, std::string* wire);

// Number of a DNSSEC algorithm's mnemonic, as "ECDSAP256SHA256"; case doesn't matter.
bool LdnsAlgorithm(absl::string_view mnemonic, uint32_t* number);
// Number of a CERT record's certificate type, as "PKIX"; case doesn't matter.
bool LdnsCertificateType(absl::string_view mnemonic, uint32_t* number);

}  // namespace quartet::dns
