#include "tests/sandbox_registry/shape.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace quartet::sandbox {
namespace {

using controller::epp::XmlElement;

constexpr int kSyntax = 2001;
constexpr int kMissing = 2003;
constexpr int kValueSyntax = 2005;

bool AreDigits(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

// Continuation bytes are no characters of their own.
size_t Characters(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

Misfit Ok() { return {}; }

// Walks over an element's children, as the parts of its shape take them.
class Walk {
 public:
  explicit Walk(const XmlElement& parent, absl::string_view name_space)
      : parent_(parent), name_space_(name_space), children_(parent.Children()) {}

  bool AtEnd() const { return next_ == children_.size(); }
  const XmlElement& Next() const { return children_[next_]; }

  Misfit Take(const Part& part) {
    if (part.name.empty()) return TakeChoice(*part.shape, part.least > 0);
    size_t taken = 0;
    for (; taken < part.most && !AtEnd() && Next().Is(name_space_, part.name); ++taken, ++next_) {
      if (Misfit misfit = WhyMisfit(Next(), *part.shape); misfit.code != 0) return misfit;
    }
    if (taken >= part.least) return Ok();
    return {kMissing, absl::StrCat(parent_.name(), " lacks a ", part.name)};
  }

  Misfit TakeChoice(const Shape& choice, bool required) {
    for (const Part& part : choice.parts) {
      if (!AtEnd() && Next().Is(name_space_, part.name)) return Take(part);
    }
    if (!required) return Ok();
    return {kMissing, absl::StrCat(parent_.name(), " lacks one of several elements")};
  }

 private:
  const XmlElement& parent_;
  absl::string_view name_space_;
  std::vector<XmlElement> children_;
  size_t next_ = 0;
};

Misfit WhyContentMisfits(const XmlElement& element, const Shape& shape) {
  Walk walk(element, shape.name_space);
  if (shape.content == Shape::Content::kChoice) {
    if (Misfit misfit = walk.TakeChoice(shape, true); misfit.code != 0) return misfit;
  }
  if (shape.content == Shape::Content::kSequence) {
    for (const Part& part : shape.parts) {
      if (Misfit misfit = walk.Take(part); misfit.code != 0) return misfit;
    }
  }
  if (walk.AtEnd()) return Ok();
  return {kSyntax, absl::StrCat(walk.Next().name(), " has no place there in ", element.name())};
}

Misfit WhyAttributesMisfit(const XmlElement& element, const Shape& shape) {
  for (const AttributeShape& attribute : shape.attributes) {
    const std::optional<std::string> value = element.Attribute(attribute.name);
    if (!value.has_value() && attribute.required) {
      return {kMissing, absl::StrCat(element.name(), " lacks its ", attribute.name)};
    }
    if (value.has_value() && !attribute.rule(*value)) {
      return {kValueSyntax,
              absl::StrCat(attribute.name, " of ", element.name(), " can't be \"", *value, "\"")};
    }
  }
  return Ok();
}

}  // namespace

TextRule AnyText() {
  return [](const std::string&) { return true; };
}

TextRule Token(size_t least, size_t most) {
  return [least, most](const std::string& text) {
    return Characters(text) >= least && Characters(text) <= most;
  };
}

TextRule OneOf(std::vector<std::string> words) {
  return
      [words](const std::string& text) { return std::find(words.begin(), words.end(), text) != words.end(); };
}

TextRule Number(uint32_t least, uint32_t most) {
  return [least, most](const std::string& text) {
    uint32_t number = 0;
    return AreDigits(text) && absl::SimpleAtoi(text, &number) && number >= least && number <= most;
  };
}

TextRule Date() {
  return [](const std::string& text) {
    const absl::string_view view = text;
    return view.size() == 10 && view[4] == '-' && view[7] == '-' && AreDigits(view.substr(0, 4)) &&
           Number(1, 12)(text.substr(5, 2)) && Number(1, 31)(text.substr(8, 2));
  };
}

TextRule Hex() {
  return [](const std::string& text) {
    return text.size() % 2 == 0 &&
           std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isxdigit(c); });
  };
}

TextRule Base64() {
  return [](const std::string& text) {
    std::string bytes;
    return absl::Base64Unescape(text, &bytes) && !bytes.empty();
  };
}

TextRule Phone() {
  return [](const std::string& text) {
    if (text.empty()) return true;
    const size_t dot = text.find('.');
    if (text[0] != '+' || dot == std::string::npos || text.size() > 17) return false;
    const absl::string_view country = absl::string_view(text).substr(1, dot - 1);
    const absl::string_view number = absl::string_view(text).substr(dot + 1);
    return AreDigits(country) && country.size() <= 3 && AreDigits(number) && number.size() <= 14;
  };
}

TextRule Boolean() { return OneOf({"0", "1", "false", "true"}); }

Misfit WhyMisfit(const XmlElement& element, const Shape& shape) {
  if (Misfit misfit = WhyAttributesMisfit(element, shape); misfit.code != 0) return misfit;
  if (shape.content == Shape::Content::kText) {
    if (!element.Children().empty()) return {kSyntax, absl::StrCat(element.name(), " holds elements")};
    if (shape.text(element.Text())) return Ok();
    return {kValueSyntax, absl::StrCat(element.name(), " can't be \"", element.Text(), "\"")};
  }
  return WhyContentMisfits(element, shape);
}

}  // namespace quartet::sandbox
