// XML that we send.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct _xmlBuffer;      // NOLINT(bugprone-reserved-identifier): libxml2's
struct _xmlTextWriter;  // NOLINT(bugprone-reserved-identifier): libxml2's

namespace quartet::controller::epp {

// Writes one document from its start. Names are ours and not checked; text and attribute values may be anything: what
// XML 1.0 §2.2 has no place for is left out. Not thread-safe.
class XmlWriter {
 public:
  XmlWriter();
  ~XmlWriter();

  // Starts an element; `name` has its prefix ("domain:check"). With `name_space`, that prefix (or, if it has none, the
  // default) stands for it from here on.
  XmlWriter& Start(absl::string_view name, absl::string_view name_space = {});
  // Of the element started last, before anything is put in it.
  XmlWriter& Attribute(absl::string_view name, absl::string_view value);
  XmlWriter& Text(absl::string_view text);
  XmlWriter& End();
  // Start, Text, End.
  XmlWriter& Element(absl::string_view name, absl::string_view text);

  // The document, with all that is open ended. Once.
  std::string Finish();

 private:
  _xmlBuffer* buffer_;
  _xmlTextWriter* writer_;
};

}  // namespace quartet::controller::epp
