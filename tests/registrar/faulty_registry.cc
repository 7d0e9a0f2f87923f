#include "tests/registrar/faulty_registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"
#include "controller/registrar/epp/xml_reader.h"

namespace quartet::controller {
namespace {

sandbox::RegistryConfig SandboxConfig() {
  sandbox::RegistryConfig config;
  config.clients = {{"ours", "secret-1"}, {"theirs", "secret-2"}};
  for (const char* const name : {"shop", "slow", "thick"}) {
    config.tlds[name].name = name;
    config.tlds[name].reserved = {"nic"};
  }
  config.tlds["slow"].pending_create_us = 1'000'000;
  config.tlds["thick"].thick = true;
  return config;
}

std::unique_ptr<sandbox::Registry::Session> LogIn(sandbox::Registry& registry, const std::string& client,
                                                  const std::string& password) {
  auto session = std::make_unique<sandbox::Registry::Session>(registry);
  epp::Login login;
  login.client = client;
  login.password = password;
  login.object_uris = {std::string(epp::kDomainNamespace), std::string(epp::kHostNamespace),
                       std::string(epp::kContactNamespace)};
  login.extension_uris = {std::string(epp::kSecDnsNamespace), std::string(epp::kRgpNamespace)};
  const auto response = epp::ReadResponse(session->Answer(epp::MakeLogin(login).Encode("LOGIN-1")));
  EXPECT_TRUE(response.ok() && response->ok());
  return session;
}

// "domain:create" of a message.
std::string NameOf(const std::string& message) {
  const absl::StatusOr<epp::XmlDocument> document = epp::XmlDocument::Parse(message);
  EXPECT_TRUE(document.ok()) << document.status();
  const epp::XmlElement command = document->root().Children().front();
  const epp::XmlElement verb = command.Children().front();
  const std::vector<epp::XmlElement> objects = verb.Children();
  if (objects.empty()) return std::string(verb.name());
  const absl::string_view space = objects.front().name_space();
  const absl::string_view object = space == epp::kDomainNamespace ? "domain"
                                   : space == epp::kHostNamespace ? "host"
                                                                  : "contact";
  return absl::StrCat(object, ":", verb.name());
}

std::string AnswerOf(int code) {
  return absl::StrCat(
      R"(<?xml version="1.0"?><epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response><result code=")", code,
      R"("><msg>As the test wants</msg></result><trID><svTRID>S-1</svTRID></trID></response></epp>)");
}

}  // namespace

FaultyRegistry::FaultyRegistry(replication::Clock& clock) : registry_(SandboxConfig(), store_, clock) {
  theirs_ = LogIn(registry_, "theirs", "secret-2");
}

void FaultyRegistry::set_faults(FaultFn faults) {
  const std::lock_guard<std::mutex> lock(mutex_);
  faults_ = std::move(faults);
}

std::vector<std::string> FaultyRegistry::commands() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return commands_;
}

int FaultyRegistry::AsTheirs(const epp::Command& command) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto response = epp::ReadResponse(theirs_->Answer(command.Encode("THEIRS-1")));
  EXPECT_TRUE(response.ok()) << response.status();
  return response->code();
}

absl::StatusOr<epp::Response> FaultyRegistry::Run(const epp::Command& command) {
  FaultFn faults;
  size_t number = 0;
  std::string message;
  std::string name;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    message = command.Encode(absl::StrCat("OURS-", ++sent_));
    name = NameOf(message);
    number = commands_.size();
    commands_.push_back(name);
    faults = faults_;
  }
  const Fault fault = faults ? faults(name, number) : Fault();
  const std::lock_guard<std::mutex> lock(mutex_);
  switch (fault.kind) {
    case Fault::Kind::kDown:
      return absl::UnavailableError("127.0.0.1:700: Connection refused");
    case Fault::Kind::kLostBefore:
      ours_.reset();
      return absl::UnknownError("the connection was closed");
    case Fault::Kind::kAnswer:
      return epp::ReadResponse(AnswerOf(fault.code));
    case Fault::Kind::kNone:
    case Fault::Kind::kLostAfter:
      break;
  }
  if (ours_ == nullptr) ours_ = LogIn(registry_, "ours", "secret-1");
  const std::string answer = ours_->Answer(message);
  if (fault.kind == Fault::Kind::kLostAfter) {
    ours_.reset();
    return absl::UnknownError("the connection was closed");
  }
  return epp::ReadResponse(answer);
}

RegistryConfig FaultyRegistry::Config(size_t sessions) {
  RegistryConfig config;
  config.name = "sandbox";
  config.tlds = {"shop", "slow"};
  config.host = "127.0.0.1";
  config.client = "ours";
  config.sessions = sessions;
  return config;
}

RegistriesConfig FaultyRegistry::Configs() {
  RegistriesConfig configs;
  epp::Contact ada;
  ada.id = "ada-1";
  ada.name = "Ada";
  ada.street = {"Strasse 1"};
  ada.city = "Berlin";
  ada.country = "DE";
  ada.email = "ada@example.test";
  configs.contacts["ada"] = ada;
  RegistryConfig thick = Config();
  thick.name = "thick";
  thick.tlds = {"thick"};
  thick.contacts = {{"registrant", "ada"}, {"admin", "ada"}, {"tech", "ada"}, {"billing", "ada"}};
  configs.registries = {Config(), thick};
  return configs;
}

std::unique_ptr<RegistryClient> FaultyRegistry::MakeClient(const RegistryConfig& config,
                                                           replication::Random& random) {
  return MakeRegistryClientOver(config, {[this](const epp::Command& command) { return Run(command); }, [] {}},
                                random);
}

}  // namespace quartet::controller
