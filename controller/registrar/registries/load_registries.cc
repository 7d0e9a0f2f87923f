#include "controller/registrar/registries/load_registries.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "config/faults.h"
#include "config/yaml_reader.h"
#include "controller/registrar/registries/registry_stanza.h"

namespace quartet::controller {
namespace {

using config::Faults;
using config::YamlField;

constexpr size_t kMostFileBytes = size_t{4} << 20;

// That each TLD is of one registry, and every contact that one names is there.
class CrossCheck {
 public:
  CrossCheck(const RegistriesConfig& config, Faults& faults) : config_(config), faults_(faults) {}

  void Check(const RegistryConfig& registry, size_t line) {
    for (const std::string& tld : registry.tlds) {
      const auto [other, is_new] = registry_of_tld_.emplace(tld, registry.name);
      if (!is_new) {
        faults_.Add(line, absl::StrCat("registry ", registry.name, " has TLD ", tld, ", which registry ",
                                       other->second, " has already: leave it to one"));
      }
    }
    for (const auto& [role, contact] : registry.contacts) {
      if (contact.empty() || config_.contacts.count(contact) > 0) continue;
      faults_.Add(line, absl::StrCat("registry ", registry.name, " names contact ", contact, " as ", role,
                                     ", and contacts: has none of that name"));
    }
  }

 private:
  const RegistriesConfig& config_;
  Faults& faults_;
  std::map<std::string, std::string> registry_of_tld_;
};

// The fields of `field`, each of which is a stanza.
const std::vector<YamlField>& Stanzas(const YamlField& field, Faults& faults) {
  const bool none_yet = field.value.is_text() && field.value.text.empty();
  if (!field.value.is_map() && !none_yet)
    faults.Add(field.line, absl::StrCat(field.name, " is a mapping of names to what they are"));
  return field.value.fields;
}

}  // namespace

absl::StatusOr<RegistriesConfig> ReadRegistries(absl::string_view text, const std::string& path) {
  Faults faults(path);
  size_t line = 0;
  const absl::StatusOr<config::YamlValue> root = config::ParseYaml(text, line);
  if (!root.ok()) {
    faults.Add(line, root.status().message());
    return faults.status();
  }
  RegistriesConfig config;
  // Lines of registries, in their order.
  std::vector<size_t> lines;
  for (const YamlField& field : root->fields) {
    if (field.name == "contacts") {
      for (const YamlField& one : Stanzas(field, faults))
        config.contacts[one.name] = ReadContactStanza(one, faults);
    } else if (field.name == "registries") {
      for (const YamlField& one : Stanzas(field, faults)) {
        config.registries.push_back(ReadRegistryStanza(one, faults));
        lines.push_back(one.line);
      }
    } else {
      faults.Add(field.line, absl::StrCat("there is registries: and contacts:, not ", field.name));
    }
  }
  if (config.registries.empty()) faults.Add(1, "it names no registry: registries: {NAME: {tlds: …}}");
  CrossCheck check(config, faults);
  for (size_t i = 0; i < config.registries.size(); ++i) check.Check(config.registries[i], lines[i]);
  if (absl::Status status = faults.status(); !status.ok()) return status;
  return config;
}

absl::StatusOr<RegistriesConfig> LoadRegistries(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMostFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  // Else it has ended before, which is well.
  if (file.bad() || (file.fail() && !file.eof())) {
    const absl::StatusCode code =
        errno == EACCES ? absl::StatusCode::kPermissionDenied : absl::StatusCode::kNotFound;
    return absl::Status(code, absl::StrCat(path, " can't be read: ", std::strerror(errno)));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMostFileBytes)
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is over 4 MiB, and can't be a file of registries"));
  return ReadRegistries(text, path);
}

}  // namespace quartet::controller
