// XML that came from a registry (or, in the sandbox registry, from a client): every byte of it is hostile.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct _xmlDoc;   // NOLINT(bugprone-reserved-identifier): libxml2's
struct _xmlNode;  // NOLINT(bugprone-reserved-identifier): libxml2's

namespace quartet::controller::epp {

// A view of an element; as long as its document lives. Elements are told by namespace and local name, whatever their
// prefix.
class XmlElement {
 public:
  explicit XmlElement(const _xmlNode* node) : node_(node) {}

  bool Is(absl::string_view name_space, absl::string_view name) const;
  absl::string_view name_space() const;
  absl::string_view name() const;
  // The text in it and in what it holds, with white space collapsed (XML Schema's token).
  std::string Text() const;
  // Of no namespace. nullopt: it has none such.
  std::optional<std::string> Attribute(const char* name) const;

  std::vector<XmlElement> Children() const;
  std::vector<XmlElement> Children(absl::string_view name_space, absl::string_view name) const;
  std::optional<XmlElement> Child(absl::string_view name_space, absl::string_view name) const;
  // Text of that child; empty if there is none.
  std::string ChildText(absl::string_view name_space, absl::string_view name) const;

 private:
  const _xmlNode* node_;
};

// Movable. Not thread-safe.
class XmlDocument {
 public:
  // INVALID_ARGUMENT: not well-formed, nested deeper than 256, or it has a DOCTYPE (so there are no entities but XML's
  // five, and nothing is fetched).
  static absl::StatusOr<XmlDocument> Parse(absl::string_view bytes);

  XmlElement root() const;

 private:
  struct Free {
    void operator()(_xmlDoc* document) const;
  };
  explicit XmlDocument(_xmlDoc* document) : document_(document) {}

  std::unique_ptr<_xmlDoc, Free> document_;
};

}  // namespace quartet::controller::epp
