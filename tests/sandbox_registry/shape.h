// What an element of a command may hold: as much of XML Schema as EPP's schemas use, so that the registry takes no message
// that they would refuse. (The schemas themselves can't be part of this project; a test holds this against them.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/registrar/epp/xml_reader.h"

namespace quartet::sandbox {

// Whether a text is one of its type. Texts come with white space collapsed.
using TextRule = std::function<bool(const std::string& text)>;

TextRule AnyText();
// Characters of UTF-8.
TextRule Token(size_t least, size_t most);
TextRule OneOf(std::vector<std::string> words);
TextRule Number(uint32_t least, uint32_t most);
// "2026-11-26"
TextRule Date();
// An even number of digits, at least two.
TextRule Hex();
TextRule Base64();
// "+49.301234567", or nothing.
TextRule Phone();
TextRule Boolean();

struct Shape;

// Elements of one name that stand one behind another; or, without a name, one of the parts of `shape`, in its place.
struct Part {
  absl::string_view name;
  const Shape* shape = nullptr;
  size_t least = 1;
  size_t most = 1;
};

struct AttributeShape {
  const char* name;
  TextRule rule;
  bool required = false;
};

struct Shape {
  // Of the elements in it; those of other namespaces have shapes of their own.
  absl::string_view name_space;
  enum class Content { kText, kSequence, kChoice, kEmpty } content = Content::kEmpty;
  // kText.
  TextRule text = AnyText();
  // kSequence: one behind the other; kChoice: one of them.
  std::vector<Part> parts = {};
  std::vector<AttributeShape> attributes = {};
};

// Result codes of RFC 5730 §3: 2001 syntax, 2003 required parameter missing, 2005 parameter value syntax; 0: it fits.
struct Misfit {
  int code = 0;
  std::string why;
};
Misfit WhyMisfit(const controller::epp::XmlElement& element, const Shape& shape);

}  // namespace quartet::sandbox
