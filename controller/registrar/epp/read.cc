#include "controller/registrar/epp/read.h"

#include <optional>

#include "absl/strings/str_cat.h"

namespace quartet::controller::epp {

absl::StatusOr<XmlElement> OnlyChild(const XmlElement& data, absl::string_view name_space,
                                     absl::string_view name) {
  const std::optional<XmlElement> child = data.Child(name_space, name);
  if (child.has_value()) return *child;
  return absl::InvalidArgumentError(absl::StrCat("the registry's answer has no ", name, " of ", name_space));
}

bool IsTrue(absl::string_view text) { return text == "1" || text == "true"; }

std::vector<Availability> ReadAvailabilities(const XmlElement& check, absl::string_view name_space,
                                             absl::string_view named_by) {
  std::vector<Availability> all;
  for (const XmlElement& one : check.Children(name_space, "cd")) {
    const std::optional<XmlElement> name = one.Child(name_space, named_by);
    if (!name.has_value()) continue;
    all.push_back(
        {name->Text(), IsTrue(name->Attribute("avail").value_or("")), one.ChildText(name_space, "reason")});
  }
  return all;
}

std::vector<std::string> ReadStatuses(const XmlElement& info, absl::string_view name_space) {
  std::vector<std::string> statuses;
  for (const XmlElement& status : info.Children(name_space, "status")) {
    if (std::optional<std::string> value = status.Attribute("s")) statuses.push_back(*std::move(value));
  }
  return statuses;
}

}  // namespace quartet::controller::epp
