#include "controller/registrar/registries/registry_stanza.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "config/fields.h"
#include "config/secret_file.h"
#include "controller/registrar/domains/domain_name.h"

namespace quartet::controller {
namespace {

using config::Faults;
using config::Fields;
using config::YamlField;

constexpr size_t kMostNameBytes = 63;
constexpr uint32_t kMostSessions = 64;
constexpr uint32_t kMostAnswerSeconds = 600;
// RFC 5731's pLimitType: 1 to 99; no registry is known to take more than ten.
constexpr uint32_t kMostYears = 10;
constexpr uint32_t kMostRenewDays = 365;

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kMostNameBytes && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
}

void ReadTlds(Fields& fields, RegistryConfig& config, Faults& faults) {
  const std::vector<std::pair<size_t, std::string>> texts = fields.Texts("tlds");
  if (texts.empty()) fields.Fault("tlds", "name those that it runs: tlds: [test, co.example]");
  for (const auto& [line, text] : texts) {
    absl::StatusOr<std::string> tld = NormalTld(text);
    if (tld.ok()) {
      config.tlds.push_back(*std::move(tld));
    } else {
      faults.Add(line, tld.status().message());
    }
  }
}

// "HOST", "HOST:PORT", "[IPV6]:PORT".
void ReadEndpoint(Fields& fields, RegistryConfig& config) {
  const std::string text =
      fields.NeededText("endpoint", "where it speaks EPP, as epp.registry.example:700; without a port: 700");
  absl::string_view host = text;
  absl::string_view port;
  const size_t colon = text.rfind(':');
  if (absl::ConsumePrefix(&host, "[")) {
    const size_t end = host.find(']');
    port = end == absl::string_view::npos ? "no end" : host.substr(end + 1);
    host = host.substr(0, end);
  } else if (colon != std::string::npos) {
    port = host.find(':') == colon ? host.substr(colon) : "no brackets";
    host = host.substr(0, colon);
  }
  config.host = std::string(host);
  uint32_t number = config.port;
  const bool good = port.empty() || (absl::ConsumePrefix(&port, ":") && absl::SimpleAtoi(port, &number));
  if (!text.empty() && (!good || number == 0 || number > UINT16_MAX || host.empty()))
    fields.Fault("endpoint", absl::StrCat(text, " is no HOST:PORT; IPv6 addresses stand in brackets"));
  config.port = static_cast<uint16_t>(number);
}

void CheckLength(Fields& fields, absl::string_view name, const std::string& text, size_t least, size_t most) {
  if (text.empty() || (text.size() >= least && text.size() <= most)) return;
  fields.Fault(name,
               absl::StrCat("it has ", least, " to ", most, " characters (RFC 5730), not ", text.size()));
}

// RFC 5730 §4: clIDType, pwType.
void ReadCredentials(Fields& fields, RegistryConfig& config) {
  config.client = fields.NeededText("client", "the name that the registry gave you");
  CheckLength(fields, "client", config.client, 3, 16);
  const std::string path =
      fields.NeededFile("password-file", "a file that holds the password, and that nobody else may read");
  if (path.empty()) return;
  absl::StatusOr<std::string> password = config::ReadSecretFile(path);
  if (password.ok()) {
    config.password = *std::move(password);
    CheckLength(fields, "password-file", config.password, 6, 16);
  } else if (password.status().code() != absl::StatusCode::kNotFound) {
    fields.Fault("password-file", password.status().message());
  }
}

void ReadYears(Fields& fields, RegistryConfig& config) {
  config.least_years = fields.Number("least-years", 1, kMostYears, config.least_years);
  config.most_years = fields.Number("most-years", 1, kMostYears, config.most_years);
  if (config.least_years > config.most_years) {
    fields.Fault("least-years",
                 absl::StrCat(config.least_years, " is more than most-years, ", config.most_years));
  }
}

// That they are there is seen by who knows all contacts.
void ReadRoles(Fields& fields, RegistryConfig& config, Faults& faults) {
  const YamlField* field = fields.Take("contacts");
  if (field == nullptr) return;
  Fields roles(absl::StrCat("contacts of registry ", config.name), *field, faults);
  // A registrant is what makes a registry thick (RFC 5731 §2.2).
  config.contacts["registrant"] = roles.NeededText("registrant", "name one of the file's contacts");
  for (const char* role : {"admin", "tech", "billing"}) {
    if (std::string contact = roles.Text(role); !contact.empty()) config.contacts[role] = std::move(contact);
  }
  roles.End();
}

// RFC 5733's normalizedString: no line of its own.
void CheckText(Fields& fields, absl::string_view name, const std::string& text, size_t most = 255) {
  const bool plain = std::none_of(text.begin(), text.end(),
                                  [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  if (!plain) fields.Fault(name, "it is one line, without control characters");
  CheckLength(fields, name, text, 1, most);
}

void CheckVoice(Fields& fields, const std::string& voice) {
  absl::string_view text = voice;
  const auto digits = [&text](size_t most) {
    size_t count = 0;
    for (; !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text[0])); ++count)
      text.remove_prefix(1);
    return count >= 1 && count <= most;
  };
  const bool good =
      voice.empty() || (absl::ConsumePrefix(&text, "+") && digits(3) && absl::ConsumePrefix(&text, ".") &&
                        digits(14) && text.empty() && voice.size() <= 17);
  if (!good) fields.Fault("voice", absl::StrCat("it is written +49.301234567, not ", voice));
}

void ReadAddress(Fields& fields, epp::Contact& contact) {
  for (auto& [line, text] : fields.Texts("street")) contact.street.push_back(std::move(text));
  if (contact.street.size() > 3) fields.Fault("street", "it has three lines at most");
  for (const std::string& text : contact.street) CheckText(fields, "street", text);
  contact.city = fields.NeededText("city", "registries want one");
  contact.state = fields.Text("state");
  contact.postal_code = fields.Text("postal-code");
  CheckText(fields, "city", contact.city);
  CheckText(fields, "state", contact.state);
  CheckText(fields, "postal-code", contact.postal_code, 16);
  contact.country = absl::AsciiStrToUpper(fields.NeededText("country", "two letters, as DE"));
  const bool letters = contact.country.size() == 2 &&
                       std::all_of(contact.country.begin(), contact.country.end(),
                                   [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); });
  if (!contact.country.empty() && !letters)
    fields.Fault("country", absl::StrCat("it is two letters (ISO 3166-1), not ", contact.country));
}

}  // namespace

RegistryConfig ReadRegistryStanza(const YamlField& field, Faults& faults) {
  RegistryConfig config;
  config.name = field.name;
  if (!IsName(config.name)) {
    faults.Add(field.line,
               absl::StrCat("a registry is called by 1 to ", kMostNameBytes,
                            " letters, digits, dots, underscores and hyphens, not ", config.name));
  }
  Fields fields(absl::StrCat("registry ", config.name), field, faults);
  ReadTlds(fields, config, faults);
  ReadEndpoint(fields, config);
  config.server_name = fields.Text("server-name");
  config.ca = fields.NeededFile("ca", "PEM file of who signs its certificate");
  config.certificate = fields.NeededFile("certificate", "PEM file, by which it knows you");
  config.key = fields.NeededFile("key", "PEM file of that certificate's private key");
  ReadCredentials(fields, config);
  config.sessions = fields.Number("sessions", 1, kMostSessions, static_cast<uint32_t>(config.sessions));
  const uint32_t seconds = fields.Number("answer-within", 1, kMostAnswerSeconds,
                                         static_cast<uint32_t>(config.answer_within.count() / 1000));
  config.answer_within = std::chrono::seconds(seconds);
  if (fields.IsSecondOf("hosts", "objects", "attributes")) config.host_model = epp::HostModel::kAttributes;
  config.wants_keys = fields.IsSecondOf("dnssec", "ds", "keys");
  ReadYears(fields, config);
  config.renew_days = fields.Number("renew-days", 1, kMostRenewDays, config.renew_days);
  ReadRoles(fields, config, faults);
  fields.End();
  return config;
}

epp::Contact ReadContactStanza(const YamlField& field, Faults& faults) {
  epp::Contact contact;
  contact.id = field.name;
  Fields fields(absl::StrCat("contact ", contact.id), field, faults);
  // RFC 5730's clIDType.
  if (contact.id.size() < 3 || contact.id.size() > 16 || !IsName(contact.id)) {
    faults.Add(
        field.line,
        absl::StrCat("a contact is called by 3 to 16 letters, digits, dots, underscores and hyphens, as it "
                     "will be at registries, not ",
                     contact.id));
  }
  contact.name = fields.NeededText("name", "who it is");
  contact.organisation = fields.Text("organisation");
  CheckText(fields, "name", contact.name);
  CheckText(fields, "organisation", contact.organisation);
  ReadAddress(fields, contact);
  contact.voice = fields.Text("voice");
  CheckVoice(fields, contact.voice);
  contact.email = fields.NeededText("email", "where the registry can write to");
  CheckText(fields, "email", contact.email);
  const size_t at = contact.email.find('@');
  const bool has_at = at != std::string::npos && at > 0 && at + 1 < contact.email.size();
  if (!contact.email.empty() && (!has_at || absl::StrContains(contact.email, ' ')))
    fields.Fault("email", absl::StrCat(contact.email, " is no address"));
  fields.End();
  return contact;
}

}  // namespace quartet::controller
