#include "controller/registrar/epp/xml_writer.h"

#include <libxml/xmlstring.h>
#include <libxml/xmlwriter.h>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"

namespace quartet::controller::epp {
namespace {

// Of a writer into memory: it fails for want of memory only, or if we use it wrongly.
void Wrote(int result) { QUARTET_CHECK(result >= 0); }

class XmlText {
 public:
  explicit XmlText(absl::string_view text) : text_(text) {}
  const xmlChar* get() const { return reinterpret_cast<const xmlChar*>(text_.c_str()); }

 private:
  std::string text_;
};

bool IsXmlCharacter(int c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
         (c >= 0x10000 && c <= 0x10ffff);
}

// Octets of a character in UTF-8. libxml2 reads longer forms too, and then refuses them (RFC 3629 §3).
size_t OctetsOf(int c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

// UTF-8 of the characters that XML has a place for.
std::string Clean(absl::string_view text) {
  std::string clean;
  while (!text.empty()) {
    int length = static_cast<int>(text.size() < 4 ? text.size() : 4);
    // A byte that none begins with; libxml2 takes it for the first of two.
    const bool begins =
        static_cast<unsigned char>(text[0]) < 0x80 || static_cast<unsigned char>(text[0]) >= 0xc2;
    const int c = begins ? xmlGetUTF8Char(reinterpret_cast<const unsigned char*>(text.data()), &length) : -1;
    const size_t size = c < 0 ? 1 : static_cast<size_t>(length);
    if (c >= 0 && IsXmlCharacter(c) && size == OctetsOf(c)) clean.append(text.data(), size);
    text.remove_prefix(size);
  }
  return clean;
}

}  // namespace

XmlWriter::XmlWriter() : buffer_(xmlBufferCreate()), writer_(xmlNewTextWriterMemory(buffer_, 0)) {
  QUARTET_CHECK(writer_ != nullptr);
  Wrote(xmlTextWriterStartDocument(writer_, "1.0", "UTF-8", "no"));
}

XmlWriter::~XmlWriter() {
  xmlFreeTextWriter(writer_);
  xmlBufferFree(buffer_);
}

XmlWriter& XmlWriter::Start(absl::string_view name, absl::string_view name_space) {
  Wrote(xmlTextWriterStartElement(writer_, XmlText(name).get()));
  if (name_space.empty()) return *this;
  const size_t colon = name.find(':');
  return Attribute(colon == absl::string_view::npos ? "xmlns" : absl::StrCat("xmlns:", name.substr(0, colon)),
                   name_space);
}

XmlWriter& XmlWriter::Attribute(absl::string_view name, absl::string_view value) {
  Wrote(xmlTextWriterWriteAttribute(writer_, XmlText(name).get(), XmlText(Clean(value)).get()));
  return *this;
}

XmlWriter& XmlWriter::Text(absl::string_view text) {
  Wrote(xmlTextWriterWriteString(writer_, XmlText(Clean(text)).get()));
  return *this;
}

XmlWriter& XmlWriter::End() {
  Wrote(xmlTextWriterEndElement(writer_));
  return *this;
}

XmlWriter& XmlWriter::Element(absl::string_view name, absl::string_view text) {
  Start(name);
  if (!text.empty()) Text(text);
  return End();
}

std::string XmlWriter::Finish() {
  Wrote(xmlTextWriterEndDocument(writer_));
  Wrote(xmlTextWriterFlush(writer_));
  return std::string(reinterpret_cast<const char*>(xmlBufferContent(buffer_)),
                     static_cast<size_t>(xmlBufferLength(buffer_)));
}

}  // namespace quartet::controller::epp
