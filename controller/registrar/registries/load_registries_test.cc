#include "controller/registrar/registries/load_registries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace quartet::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

std::string Folder() { return std::string(absl::StripSuffix(::testing::TempDir(), "/")); }

void Write(const std::string& name, const std::string& text, mode_t mode = 0600) {
  const std::string path = absl::StrCat(Folder(), "/", name);
  std::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), mode);
}

// In a folder with what it names.
class LoadRegistriesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"ca.pem", "client.pem", "client.key"}) Write(name, "-");
    Write("password", "secret-1\n");
  }

  static absl::StatusOr<RegistriesConfig> Read(const std::string& text) {
    return ReadRegistries(text, absl::StrCat(Folder(), "/registries.yaml"));
  }

  // Its faults, without the folder in front.
  static std::string Faults(const std::string& text) {
    const auto config = Read(text);
    if (config.ok()) return "none";
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
    return absl::StrReplaceAll(config.status().message(), {{absl::StrCat(Folder(), "/registries.yaml:"), ""},
                                                           {absl::StrCat(Folder(), "/"), ""}});
  }

  // Those of the least stanza with a line more, or another in the place of `name`'s.
  static std::string FaultsWith(const std::string& line, const std::string& name = "") {
    std::string text = "registries:\n  sandbox:\n";
    for (const char* one : {"tlds: [test]", "endpoint: r.example", "ca: ca.pem", "certificate: client.pem",
                            "key: client.key", "client: ours", "password-file: password"}) {
      const bool replaced = !name.empty() && absl::StartsWith(one, name);
      absl::StrAppend(&text, "    ", replaced ? line : one, "\n");
    }
    if (name.empty()) absl::StrAppend(&text, "    ", line, "\n");
    return Faults(text);
  }
};

constexpr char kLeast[] =
    "registries:\n"
    "  sandbox:\n"
    "    tlds: [test]\n"
    "    endpoint: r.example\n"
    "    ca: ca.pem\n"
    "    certificate: client.pem\n"
    "    key: client.key\n"
    "    client: ours\n"
    "    password-file: password\n";

TEST_F(LoadRegistriesTest, FillsInWhatIsUsual) {
  const auto config = Read(kLeast);
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->registries.size(), 1u);
  const RegistryConfig& sandbox = config->registries[0];
  EXPECT_EQ(sandbox.name, "sandbox");
  EXPECT_THAT(sandbox.tlds, ElementsAre("test"));
  EXPECT_EQ(sandbox.host, "r.example");
  EXPECT_EQ(sandbox.port, 700);
  EXPECT_EQ(sandbox.ca, absl::StrCat(Folder(), "/ca.pem"));
  EXPECT_EQ(sandbox.client, "ours");
  EXPECT_EQ(sandbox.password, "secret-1");
  const RegistryConfig usual;
  EXPECT_EQ(sandbox.sessions, usual.sessions);
  EXPECT_EQ(sandbox.answer_within, usual.answer_within);
  EXPECT_EQ(sandbox.host_model, epp::HostModel::kObjects);
  EXPECT_FALSE(sandbox.wants_keys);
  EXPECT_EQ(sandbox.least_years, 1u);
  EXPECT_EQ(sandbox.most_years, 10u);
  EXPECT_EQ(sandbox.renew_days, 30u);
  EXPECT_TRUE(sandbox.contacts.empty());
}

TEST_F(LoadRegistriesTest, TakesAllThatARegistryMayNeed) {
  const auto config = Read(absl::StrCat(
      "registries:\n"
      "  big:\n"
      "    tlds: [Example, co.example.]\n"
      "    endpoint: \"[2001:db8::1]:7700\"\n"
      "    server-name: epp.big.example\n"
      "    ca: ",
      Folder(),
      "/ca.pem\n"
      "    certificate: client.pem\n"
      "    key: client.key\n"
      "    client: ours\n"
      "    password-file: password\n"
      "    sessions: 8\n"
      "    answer-within: 20\n"
      "    hosts: attributes\n"
      "    dnssec: keys\n"
      "    least-years: 2\n"
      "    most-years: 5\n"
      "    renew-days: 45\n"
      "    contacts: {registrant: us-1, tech: us-2}\n"
      "contacts:\n"
      "  us-1:\n"
      "    name: Anna\n"
      "    organisation: Quartet & Sons\n"
      "    street: [Long Street 1, Backyard]\n"
      "    city: Berlin\n"
      "    state: BE\n"
      "    postal-code: \"10115\"\n"
      "    country: de\n"
      "    voice: \"+49.301234567\"\n"
      "    email: anna@quartet.example\n"
      "  us-2: {name: Bert, city: Bonn, country: DE, email: b@quartet.example, street: Short Street 2}\n"));
  ASSERT_TRUE(config.ok()) << config.status();
  const RegistryConfig& big = config->registries.at(0);
  EXPECT_THAT(big.tlds, ElementsAre("example", "co.example"));
  EXPECT_EQ(big.host, "2001:db8::1");
  EXPECT_EQ(big.port, 7700);
  EXPECT_EQ(big.server_name, "epp.big.example");
  EXPECT_EQ(big.sessions, 8u);
  EXPECT_EQ(big.answer_within, std::chrono::seconds(20));
  EXPECT_EQ(big.host_model, epp::HostModel::kAttributes);
  EXPECT_TRUE(big.wants_keys);
  EXPECT_EQ(big.least_years, 2u);
  EXPECT_EQ(big.most_years, 5u);
  EXPECT_EQ(big.renew_days, 45u);
  EXPECT_THAT(big.contacts, ElementsAre(Pair("registrant", "us-1"), Pair("tech", "us-2")));
  const epp::Contact& anna = config->contacts.at("us-1");
  EXPECT_EQ(anna.id, "us-1");
  EXPECT_EQ(anna.name, "Anna");
  EXPECT_EQ(anna.organisation, "Quartet & Sons");
  EXPECT_THAT(anna.street, ElementsAre("Long Street 1", "Backyard"));
  EXPECT_EQ(anna.city, "Berlin");
  EXPECT_EQ(anna.state, "BE");
  EXPECT_EQ(anna.postal_code, "10115");
  EXPECT_EQ(anna.country, "DE");
  EXPECT_EQ(anna.voice, "+49.301234567");
  EXPECT_EQ(anna.email, "anna@quartet.example");
  EXPECT_THAT(config->contacts.at("us-2").street, ElementsAre("Short Street 2"));
}

TEST_F(LoadRegistriesTest, TellsAllFaultsWithTheirLines) {
  EXPECT_EQ(
      Faults("registries:\n"
             "  sandbox:\n"
             "    tlds: [test]\n"
             "    endpoint: r.example\n"
             "    ca: ca.pem\n"
             "    certificate: client.pem\n"
             "    key: client.key\n"
             "    password-file: password\n"
             "    sessions: many\n"
             "    tld: example\n"
             "more: 1\n"),
      "2: registry sandbox lacks client: the name that the registry gave you\n"
      "9: sessions of registry sandbox: it is a number from 1 to 64, not many\n"
      "10: registry sandbox has no field tld; it has tlds, endpoint, server-name, ca, certificate, key, "
      "client, "
      "password-file, sessions, answer-within, hosts, dnssec, least-years, most-years, renew-days, contacts\n"
      "11: there is registries: and contacts:, not more");
}

TEST_F(LoadRegistriesTest, RefusesWhatIsNoFileOfRegistries) {
  EXPECT_THAT(Faults(""), HasSubstr("1: it names no registry"));
  EXPECT_THAT(Faults("registries:\n"), HasSubstr("1: it names no registry"));
  EXPECT_THAT(Faults("registries: [a]\n"), HasSubstr("1: registries is a mapping"));
  EXPECT_THAT(Faults("registries:\n  a: b\n"), HasSubstr("2: registry a is a mapping"));
  EXPECT_THAT(Faults("registries:\n  a: {}\n  a: {}\n"), HasSubstr("3: a stands there twice"));
  EXPECT_THAT(Faults("registries:\n  a/b: {}\n"), HasSubstr("2: a registry is called by"));
  EXPECT_THAT(Faults("{"), HasSubstr("it is no YAML"));
}

TEST_F(LoadRegistriesTest, WantsWhatARegistryCantBeTalkedToWithout) {
  const std::string faults = Faults("registries:\n  a: {}\n");
  for (const char* name : {"endpoint", "ca", "certificate", "key", "client", "password-file"})
    EXPECT_THAT(faults, HasSubstr(absl::StrCat("2: registry a lacks ", name, ": ")));
  EXPECT_THAT(faults, HasSubstr("2: tlds of registry a: name those"));
}

TEST_F(LoadRegistriesTest, ChecksTlds) {
  EXPECT_EQ(FaultsWith("tlds: []", "tlds"),
            "3: tlds of registry sandbox: name those that it runs: tlds: [test, co.example]");
  EXPECT_EQ(FaultsWith("tlds: [test, .example]", "tlds"),
            "3: \".example\" is no TLD: a label of it is empty");
  EXPECT_THAT(FaultsWith("tlds: [bücher]", "tlds"), HasSubstr("give its A-label"));
  EXPECT_THAT(FaultsWith("tlds: {a: b}", "tlds"),
              HasSubstr("3: tlds of registry sandbox: it is a list of texts"));
  EXPECT_THAT(FaultsWith("tlds: [test, Test]", "tlds"),
              HasSubstr("2: registry sandbox has TLD test, which registry sandbox has"));
  EXPECT_EQ(FaultsWith("tlds: test", "tlds"), "none");
}

TEST_F(LoadRegistriesTest, LeavesATldToOneRegistry) {
  const std::string second =
      absl::StrReplaceAll(absl::string_view(kLeast).substr(sizeof("registries:\n") - 1),
                          {{"sandbox", "other"}, {"[test]", "[co.test, test]"}});
  EXPECT_EQ(Faults(absl::StrCat(kLeast, second)),
            "10: registry other has TLD test, which registry sandbox has already: leave it to one");
}

TEST_F(LoadRegistriesTest, ChecksEndpoints) {
  for (const char* good : {"127.0.0.1:7700", "r.example:1", "\"[::1]\"", "\"[::1]:700\""})
    EXPECT_EQ(FaultsWith(absl::StrCat("endpoint: ", good), "endpoint"), "none") << good;
  for (const char* bad : {"r.example:0", "r.example:65536", "r.example:x", "\":700\"", "2001:db8::1",
                          "\"[::1\"", "\"[::1]700\"", "\"r.example:\""})
    EXPECT_THAT(FaultsWith(absl::StrCat("endpoint: ", bad), "endpoint"), HasSubstr("is no HOST:PORT")) << bad;
  EXPECT_THAT(FaultsWith("endpoint:", "endpoint"),
              HasSubstr("4: endpoint of registry sandbox: nothing stands there"));
  EXPECT_THAT(FaultsWith("endpoint: [a]", "endpoint"),
              HasSubstr("4: endpoint of registry sandbox: it is one text"));
}

TEST_F(LoadRegistriesTest, SaysWhichFileCantBeRead) {
  for (const char* name : {"ca", "certificate", "key", "password-file"}) {
    EXPECT_THAT(FaultsWith(absl::StrCat(name, ": none.pem"), absl::StrCat(name, ":")),
                HasSubstr(absl::StrCat(
                    name, " of registry sandbox: none.pem can't be read: No such file or directory")));
  }
}

TEST_F(LoadRegistriesTest, WantsPasswordsThatNobodyElseCanRead) {
  Write("open", "secret-1\n", 0644);
  EXPECT_EQ(FaultsWith("password-file: open", "password-file"),
            "9: password-file of registry sandbox: others can read open: chmod 600 open");
  Write("short", "12345\n");
  EXPECT_EQ(FaultsWith("password-file: short", "password-file"),
            "9: password-file of registry sandbox: it has 6 to 16 characters (RFC 5730), not 5");
  Write("two", "secret-1\nsecret-2\n");
  const std::string faults = FaultsWith("password-file: two", "password-file");
  EXPECT_THAT(faults, HasSubstr("two holds one line"));
  EXPECT_THAT(faults, Not(HasSubstr("secret-")));
  EXPECT_THAT(FaultsWith("password: secret-1"), HasSubstr("10: registry sandbox has no field password"));
}

TEST_F(LoadRegistriesTest, ChecksWhoWeAre) {
  EXPECT_THAT(FaultsWith("client: me", "client"), HasSubstr("it has 3 to 16 characters (RFC 5730), not 2"));
}

TEST_F(LoadRegistriesTest, ChecksNumbersAndWords) {
  EXPECT_THAT(FaultsWith("sessions: 0"),
              HasSubstr("10: sessions of registry sandbox: it is a number from 1 to 64, not 0"));
  EXPECT_THAT(FaultsWith("answer-within: 601"), HasSubstr("from 1 to 600, not 601"));
  EXPECT_THAT(FaultsWith("renew-days: -1"), HasSubstr("from 1 to 365, not -1"));
  EXPECT_THAT(FaultsWith("least-years: 0"), HasSubstr("from 1 to 10, not 0"));
  EXPECT_THAT(FaultsWith("most-years: 11"), HasSubstr("from 1 to 10, not 11"));
  EXPECT_THAT(FaultsWith("least-years: 3\n    most-years: 2"),
              HasSubstr("10: least-years of registry sandbox: 3 is more than most-years, 2"));
  EXPECT_THAT(FaultsWith("hosts: attribute"), HasSubstr("it is objects or attributes, not attribute"));
  EXPECT_THAT(FaultsWith("dnssec: key"), HasSubstr("it is ds or keys, not key"));
}

TEST_F(LoadRegistriesTest, WantsContactsThatAreThere) {
  EXPECT_EQ(FaultsWith("contacts: {registrant: nobody}"),
            "2: registry sandbox names contact nobody as registrant, and contacts: has none of that name");
  EXPECT_THAT(FaultsWith("contacts: {admin: nobody}"),
              HasSubstr("10: contacts of registry sandbox lacks registrant"));
  EXPECT_THAT(
      FaultsWith("contacts: {registrant: nobody, owner: us}"),
      HasSubstr(
          "10: contacts of registry sandbox has no field owner; it has registrant, admin, tech, billing"));
  EXPECT_THAT(FaultsWith("contacts: us"), HasSubstr("10: contacts of registry sandbox is a mapping"));
}

// A file with one contact, of these fields beside what each needs.
std::string WithContact(const std::string& name, const std::string& fields) {
  return absl::StrCat(kLeast, "contacts:\n  ", name, ": {name: Anna, ", fields, "}\n");
}

TEST_F(LoadRegistriesTest, ChecksContacts) {
  const std::string good = "city: Berlin, country: DE, email: a@quartet.example";
  EXPECT_EQ(Faults(WithContact("us-1", good)), "none");
  EXPECT_THAT(Faults(WithContact("us", good)), HasSubstr("11: a contact is called by 3 to 16"));
  const std::string missing = Faults(absl::StrCat(kLeast, "contacts:\n  us-1: {}\n"));
  for (const char* name : {"name", "city", "country", "email"})
    EXPECT_THAT(missing, HasSubstr(absl::StrCat("11: contact us-1 lacks ", name, ": ")));
  EXPECT_THAT(Faults(WithContact("us-1", good + ", voice: \"030 1234\"")), HasSubstr("+49.301234567"));
  EXPECT_THAT(Faults(WithContact("us-1", good + ", street: [a, b, c, d]")), HasSubstr("three lines at most"));
  EXPECT_THAT(Faults(WithContact("us-1", good + ", organisation: \"a\\nb\"")), HasSubstr("it is one line"));
  EXPECT_THAT(Faults(WithContact("us-1", good + ", postal-code: \"12345678901234567\"")),
              HasSubstr("it has 1 to 16"));
  EXPECT_THAT(Faults(WithContact("us-1", good + ", fax: \"1\"")), HasSubstr("contact us-1 has no field fax"));
  EXPECT_THAT(Faults(WithContact("us-1", "city: Berlin, country: Germany, email: a@b.example")),
              HasSubstr("two letters"));
  EXPECT_THAT(Faults(WithContact("us-1", "city: Berlin, country: DE, email: anna")),
              HasSubstr("anna is no address"));
}

TEST_F(LoadRegistriesTest, ReadsTheFile) {
  Write("registries.yaml", kLeast);
  EXPECT_TRUE(LoadRegistries(absl::StrCat(Folder(), "/registries.yaml")).ok());
  const auto none = LoadRegistries("/nowhere/registries.yaml");
  EXPECT_EQ(none.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(none.status().message(), "/nowhere/registries.yaml can't be read: No such file or directory");
  EXPECT_FALSE(LoadRegistries(Folder()).ok());
  Write("large.yaml", std::string(size_t{5} << 20, '#'));
  EXPECT_EQ(LoadRegistries(absl::StrCat(Folder(), "/large.yaml")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// docs/examples/registries.yaml, with files of the names that it has.
TEST_F(LoadRegistriesTest, ReadsTheExampleOfItsPage) {
  for (const char* name : {"big", "small"}) {
    std::filesystem::create_directories(absl::StrCat(Folder(), "/", name));
    for (const char* file : {"ca.pem", "client.pem", "client.key"}) Write(absl::StrCat(name, "/", file), "-");
    Write(absl::StrCat(name, "/password"), "secret-1\n");
  }
  std::ifstream file("docs/examples/registries.yaml");
  std::stringstream text;
  ASSERT_TRUE(text << file.rdbuf());
  const auto config = Read(text.str());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->registries.size(), 2u);
  EXPECT_EQ(config->contacts.size(), 2u);
}

}  // namespace
}  // namespace quartet::controller
