// The shapes say of a message what the schemas of the RFCs say of it.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/epp/schema.h"
#include "controller/registrar/epp/xml_reader.h"
#include "tests/sandbox_registry/command_shapes.h"

namespace quartet::sandbox {
namespace {

namespace epp = controller::epp;

std::vector<std::string> Messages() {
  epp::DomainCreate create;
  create.name = "example.test";
  create.years = 2;
  create.hosts = {{"ns1.example.test", {}}, {"ns2.example.net", {}}};
  create.registrant = "c-1";
  create.contacts = {{"admin", "c-2"}, {"tech", "c-3"}};
  create.auth_info = "secret";
  create.sec_dns.ds = {{12345, 13, 2, "AB01"}};
  epp::DomainCreate attributes = create;
  attributes.host_model = epp::HostModel::kAttributes;
  attributes.hosts[0].addresses = {"192.0.2.1", "2001:db8::1"};
  attributes.sec_dns = {{}, {{257, 3, 13, "AQID"}}};
  epp::DomainUpdate update;
  update.name = "example.test";
  update.add_hosts = {{"ns3.example.net", {}}};
  update.remove_hosts = {{"ns2.example.net", {}}};
  update.add_statuses = {"clientHold"};
  update.registrant = "c-4";
  update.auth_info = "secret 2";
  update.add_sec_dns.ds = {{1, 8, 2, "AB"}};
  update.remove_sec_dns.ds = {{2, 8, 2, "CD"}};
  epp::Login login;
  login.client = "client";
  login.password = "secret-1";
  login.object_uris = {"urn:ietf:params:xml:ns:domain-1.0"};
  login.extension_uris = {"urn:ietf:params:xml:ns:secDNS-1.1"};
  const epp::Contact contact{"c-1",   "Ada", "Org",           {"Street 1"},       "Berlin", "BE",
                             "10115", "DE",  "+49.301234567", "ada@example.test", "secret"};
  std::vector<std::string> messages;
  for (const epp::Command& command : {epp::MakeLogin(login),
                                      epp::MakePollRequest(),
                                      epp::MakePollAcknowledgement("7"),
                                      epp::MakeDomainCheck({"a.test", "b.test"}),
                                      epp::MakeDomainInfo("a.test", "secret"),
                                      epp::MakeDomainCreate(create),
                                      epp::MakeDomainCreate(attributes),
                                      epp::MakeDomainUpdate(update),
                                      epp::MakeDomainRenew("a.test", "2026-11-26", 1),
                                      epp::MakeDomainDelete("a.test"),
                                      epp::MakeDomainTransfer(epp::TransferOp::kRequest, "a.test", "secret"),
                                      epp::MakeHostCheck({"ns1.a.test"}),
                                      epp::MakeHostInfo("ns1.a.test"),
                                      epp::MakeHostCreate("ns1.a.test", {"192.0.2.1", "2001:db8::1"}),
                                      epp::MakeHostUpdate("ns1.a.test", {"192.0.2.2"}, {"192.0.2.1"}),
                                      epp::MakeHostDelete("ns1.a.test"),
                                      epp::MakeContactCheck({"c-1"}),
                                      epp::MakeContactInfo("c-1"),
                                      epp::MakeContactCreate(contact),
                                      epp::MakeContactUpdate(contact)}) {
    messages.push_back(command.Encode("Q-1"));
  }
  return messages;
}

// As the registry does it, without its sessions.
bool Fits(const std::string& message) {
  const absl::StatusOr<epp::XmlDocument> document = epp::XmlDocument::Parse(message);
  if (!document.ok()) return false;
  const epp::XmlElement command = document->root().Children().front();
  const std::vector<epp::XmlElement> parts = command.Children();
  const epp::XmlElement& verb = parts.front();
  if (const Shape* const shape = CommandShape(verb.name())) return WhyMisfit(verb, *shape).code == 0;
  std::optional<epp::XmlElement> extension;
  if (parts.size() > 1 && parts[1].name() == "extension") extension = parts[1];
  const int code = WhyObjectCommandMisfits(verb, extension).code;
  // 2103: it is well formed, but more than one extension is none that the registry has.
  return code == 0 || code == 2103;
}

// Begin and end of the elements below <command>, clTRID not among them.
std::vector<std::pair<size_t, size_t>> ElementsOf(const std::string& message) {
  std::vector<std::pair<size_t, size_t>> elements;
  std::vector<size_t> open;
  for (size_t at = message.find("<command>") + 9; at < message.size();) {
    const size_t begin = message.find('<', at);
    if (begin == std::string::npos) break;
    const size_t end = message.find('>', begin) + 1;
    if (message[begin + 1] == '/') {
      if (open.empty()) break;
      // Not the verb itself.
      if (open.size() > 1) elements.emplace_back(open.back(), end);
      open.pop_back();
    } else if (message[end - 2] == '/') {
      if (!open.empty()) elements.emplace_back(begin, end);
    } else {
      open.push_back(begin);
    }
    at = end;
  }
  return elements;
}

class ShapesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (epp::Schemas::Load() == nullptr)
      GTEST_SKIP() << "QUARTET_TEST_DATA is not set: no schemas to compare with";
  }

  void ExpectSame(const std::string& message) {
    const std::string why = epp::Schemas::Load()->WhyInvalid(message);
    EXPECT_EQ(Fits(message), why.empty()) << why << message;
    (why.empty() ? valid_ : invalid_) += 1;
  }

  int valid_ = 0;
  int invalid_ = 0;
};

TEST_F(ShapesTest, WhatIsSentFits) {
  for (const std::string& message : Messages()) {
    EXPECT_TRUE(Fits(message)) << message;
    ExpectSame(message);
  }
}

TEST_F(ShapesTest, AnElementLessOrTwice) {
  for (const std::string& message : Messages()) {
    for (const auto& [begin, end] : ElementsOf(message)) {
      const std::string element = message.substr(begin, end - begin);
      ExpectSame(message.substr(0, begin) + message.substr(end));
      ExpectSame(message.substr(0, end) + element + message.substr(end));
    }
  }
  EXPECT_GT(valid_, 10);
  EXPECT_GT(invalid_, 50);
}

TEST_F(ShapesTest, ElementsInAnotherOrder) {
  for (const std::string& message : Messages()) {
    const auto elements = ElementsOf(message);
    for (size_t i = 0; i + 1 < elements.size(); ++i) {
      const auto& [begin, end] = elements[i];
      const auto& [next_begin, next_end] = elements[i + 1];
      if (next_begin != end) continue;
      ExpectSame(message.substr(0, begin) + message.substr(next_begin, next_end - next_begin) +
                 message.substr(begin, end - begin) + message.substr(next_end));
    }
  }
  EXPECT_GT(invalid_, 10);
}

TEST_F(ShapesTest, OtherValues) {
  // By the text of an element or attribute; those that the schemas leave to patterns of Unicode are not among them.
  const std::vector<std::pair<std::string, std::string>> changes = {
      {">2<", ">0<"},
      {">2<", ">100<"},
      {">1<", ">x<"},
      {">12345<", ">65536<"},
      {">12345<", ">-1<"},
      {">13<", ">256<"},
      {">AB01<", ">AB0<"},
      {">AB01<", ">XY<"},
      {"\"y\"", "\"d\""},
      {"\"v4\"", "\"v5\""},
      {"\"admin\"", "\"me\""},
      {"2026-11-26", "26.11.2026"},
      {"2026-11-26", "2026-13-26"},
      {">c-1<", ">c<"},
      {">c-1<", ">a client with a long id<"},
      {">DE<", ">DEU<"},
      {"+49.301234567", "0301234567"},
      {"+49.301234567", ""},
      {"clientHold", "clientBold"},
      {">secret-1<", ">short<"},
      {">secret-1<", ">a password that is too long<"},
      {">10115<", ">12345678901234567<"},
      {">Berlin<", "><"},
      {"\"int\"", "\"here\""},
      {"\"req\"", "\"fetch\""},
      {">AQID<", "><"},
      {">example.test<", "><"},
      {">ns1.a.test<", "><"},
      {">Street 1<", "><"},
  };
  for (const std::string& message : Messages()) {
    for (const auto& [from, to] : changes) {
      const std::string changed = absl::StrReplaceAll(message, {{from, to}});
      if (changed != message) ExpectSame(changed);
    }
  }
  EXPECT_GT(valid_, 2);
  EXPECT_GT(invalid_, 20);
}

}  // namespace
}  // namespace quartet::sandbox
