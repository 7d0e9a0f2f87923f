// What RDAP tells of objects that were made over EPP, held against RFC 9083's members.
#include "tests/sandbox_registry/rdap.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "replication/store/memory_store.h"

namespace quartet::sandbox {
namespace {

namespace epp = controller::epp;
using google::protobuf::ListValue;
using google::protobuf::Value;

class TestClock : public replication::Clock {
 public:
  int64_t WallMicros() override { return 1'790'000'000'000'000; }
  int64_t MonotonicMicros() override { return 0; }
};

class RdapTest : public testing::Test {
 protected:
  static RegistryConfig Config() {
    RegistryConfig config;
    config.clients = {{"ours", "secret-1"}};
    config.tlds["test"].name = "test";
    config.tlds["slow"].name = "slow";
    config.tlds["slow"].pending_create_us = 60'000'000;
    return config;
  }

  void SetUp() override {
    epp::Login login;
    login.client = "ours";
    login.password = "secret-1";
    login.object_uris = {"urn:ietf:params:xml:ns:domain-1.0", "urn:ietf:params:xml:ns:host-1.0"};
    login.extension_uris = {"urn:ietf:params:xml:ns:secDNS-1.1"};
    Do(epp::MakeLogin(login));
  }
  void Do(const epp::Command& command) {
    const std::string reply = session_.Answer(command.Encode("Q-1"));
    EXPECT_NE(reply.find("code=\"1"), std::string::npos) << reply;
  }
  void Create(const std::string& name) {
    epp::DomainCreate create;
    create.name = name;
    create.auth_info = "Secret-123";
    Do(epp::MakeDomainCreate(create));
  }

  // The answer as JSON's own structure; each member is looked up by its exact name.
  Value Ask(const std::string& path, int status) {
    const RdapAnswer answer = AnswerRdap(registry_, path);
    EXPECT_EQ(answer.status, status) << answer.json;
    Value value;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(answer.json, &value).ok()) << answer.json;
    return value;
  }
  static const Value& At(const Value& value, const std::string& member) {
    const auto found = value.struct_value().fields().find(member);
    EXPECT_NE(found, value.struct_value().fields().end()) << member << " in " << value.ShortDebugString();
    return found == value.struct_value().fields().end() ? Value::default_instance() : found->second;
  }
  static std::string Text(const Value& value, const std::string& member) {
    return At(value, member).string_value();
  }
  static std::vector<std::string> Texts(const Value& value, const std::string& member) {
    std::vector<std::string> texts;
    for (const Value& one : At(value, member).list_value().values()) texts.push_back(one.string_value());
    return texts;
  }

  TestClock clock_;
  store::MemoryStore store_;
  Registry registry_{Config(), store_, clock_};
  Registry::Session session_{registry_};
};

TEST_F(RdapTest, ADomainIsToldWithAllThatWasRegistered) {
  Create("example.test");
  Do(epp::MakeHostCreate("ns.example.test", {"192.0.2.1"}));
  epp::DomainUpdate update;
  update.name = "example.test";
  update.add_hosts = {{"ns.example.test", {}}};
  update.add_statuses = {"clientTransferProhibited"};
  Do(epp::MakeDomainUpdate(update));

  const Value domain = Ask("/domain/EXAMPLE.test.", 200);
  EXPECT_EQ(Texts(domain, "rdapConformance"), std::vector<std::string>{"rdap_level_0"});
  EXPECT_EQ(Text(domain, "objectClassName"), "domain");
  EXPECT_EQ(Text(domain, "ldhName"), "example.test");
  EXPECT_EQ(Text(domain, "handle"), registry_.FindDomain("example.test")->origin().roid());
  EXPECT_EQ(Texts(domain, "status"), std::vector<std::string>{"client transfer prohibited"});
  std::map<std::string, std::string> events;
  for (const Value& event : At(domain, "events").list_value().values()) {
    events[Text(event, "eventAction")] = Text(event, "eventDate");
  }
  EXPECT_EQ(events["registration"], "2026-09-21T14:13:20.0Z");
  EXPECT_EQ(events["expiration"], "2027-09-21T14:13:20.0Z");
  const Value& nameserver = At(domain, "nameservers").list_value().values(0);
  EXPECT_EQ(Text(nameserver, "objectClassName"), "nameserver");
  EXPECT_EQ(Text(nameserver, "ldhName"), "ns.example.test");
  EXPECT_EQ(Texts(At(nameserver, "ipAddresses"), "v4"), std::vector<std::string>{"192.0.2.1"});
  EXPECT_TRUE(At(At(domain, "secureDNS"), "delegationSigned").has_bool_value());
  EXPECT_FALSE(At(At(domain, "secureDNS"), "delegationSigned").bool_value());
  const Value& registrar = At(domain, "entities").list_value().values(0);
  EXPECT_EQ(Text(registrar, "handle"), "ours");
  EXPECT_EQ(Texts(registrar, "roles"), std::vector<std::string>{"registrar"});
  EXPECT_EQ(At(registrar, "vcardArray").list_value().values(0).string_value(), "vcard");
}

TEST_F(RdapTest, ANameserverIsToldWithItsAddresses) {
  Create("example.test");
  Do(epp::MakeHostCreate("ns.example.test", {"2001:db8::1"}));
  const Value host = Ask("/nameserver/ns.example.test", 200);
  EXPECT_EQ(Text(host, "objectClassName"), "nameserver");
  EXPECT_EQ(Texts(At(host, "ipAddresses"), "v6"), std::vector<std::string>{"2001:db8::1"});
  EXPECT_EQ(At(host, "entities").list_value().values_size(), 1);
}

TEST_F(RdapTest, WhatIsPendingIsToldAsPending) {
  Create("example.slow");
  EXPECT_EQ(Texts(Ask("/domain/example.slow", 200), "status"),
            (std::vector<std::string>{"pending create", "inactive"}));
}

TEST_F(RdapTest, WhatIsNotThereIsAnErrorObject) {
  for (const std::string path : {"/domain/free.test", "/nameserver/ns.free.test", "/domain/example.net"}) {
    const Value error = Ask(path, 404);
    EXPECT_EQ(At(error, "errorCode").number_value(), 404) << path;
    EXPECT_EQ(Text(error, "title"), "Not Found");
  }
}

TEST_F(RdapTest, WhatIsNoQuestionIsAnErrorObject) {
  for (const std::string path :
       {"", "/", "/domain", "/domain/", "/domain/a/b", "/domain/test", "/ip/192.0.2.1",
        "/domain/m\xc3\xbcller.test", "/domain/%2e%2e", "/help/me"}) {
    EXPECT_EQ(At(Ask(path, 400), "errorCode").number_value(), 400) << path;
  }
}

TEST_F(RdapTest, HelpSaysWhatItAnswers) {
  const Value help = Ask("/help", 200);
  const Value& notice = At(help, "notices").list_value().values(0);
  EXPECT_EQ(Texts(notice, "description").front(), "It answers /domain/NAME, /nameserver/NAME and /help.");
}

TEST(RdapStatusTest, StatusesAreThoseOfRfc8056) {
  EXPECT_EQ(RdapStatus("ok"), "active");
  EXPECT_EQ(RdapStatus("linked"), "associated");
  EXPECT_EQ(RdapStatus("inactive"), "inactive");
  EXPECT_EQ(RdapStatus("clientHold"), "client hold");
  EXPECT_EQ(RdapStatus("pendingDelete"), "pending delete");
  EXPECT_EQ(RdapStatus("serverRenewProhibited"), "server renew prohibited");
}

}  // namespace
}  // namespace quartet::sandbox
