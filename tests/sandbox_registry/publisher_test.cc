// What the registry knows is what its name servers say.
#include "tests/sandbox_registry/publisher.h"

#include <gtest/gtest.h>

#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "tests/sandbox_registry/key_digest.h"
#include "tests/sandbox_registry/published_zone.h"
#include "tests/sandbox_registry/registry_fixture.h"

namespace quartet::sandbox {
namespace {

namespace epp = controller::epp;

class PublisherTest : public testing::Test {
 protected:
  void SetUp() override {
    auto client = epp::Client::Connect(running_.Endpoint(), RunningRegistry::Login());
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }
  int Code(const epp::Command& command) { return client_->Run(command)->code(); }
  std::string Text() { return ZoneText(TldZone(running_.registry(), "test", "127.0.0.2", 7)); }

  RunningRegistry running_;
  std::unique_ptr<epp::Client> client_;
};

TEST_F(PublisherTest, AnEmptyTldHasItsOwnServerOnly) {
  EXPECT_EQ(Text(),
            "ns.nic.test. 3600 IN A 127.0.0.2\n"
            "test. 3600 IN NS ns.nic.test.\n"
            "test. 3600 IN SOA ns.nic.test. hostmaster.ns.nic.test. 7 3600 600 86400 60\n");
}

TEST_F(PublisherTest, DelegationsHaveGlueForHostsOfTheTldOnlyAndNoneOnHold) {
  epp::DomainCreate create;
  create.name = "a.test";
  create.auth_info = "auth-1";
  create.sec_dns.ds = {{12345, 13, 2, std::string(64, 'A')}};
  ASSERT_EQ(Code(epp::MakeDomainCreate(create)), 1000);
  const std::string empty = Text();
  EXPECT_EQ(empty.find("a.test. 3600 IN NS"), std::string::npos);
  ASSERT_EQ(Code(epp::MakeHostCreate("ns1.a.test", {"192.0.2.1", "2001:db8::1"})), 1000);
  ASSERT_EQ(Code(epp::MakeHostCreate("ns2.example.net", {})), 1000);
  epp::DomainUpdate update;
  update.name = "a.test";
  update.add_hosts = {{"ns1.a.test", {}}, {"ns2.example.net", {}}};
  ASSERT_EQ(Code(epp::MakeDomainUpdate(update)), 1000);
  const std::string text = Text();
  for (const std::string line :
       {"a.test. 3600 IN NS ns1.a.test.\n", "a.test. 3600 IN NS ns2.example.net.\n",
        "ns1.a.test. 3600 IN A 192.0.2.1\n", "ns1.a.test. 3600 IN AAAA 2001:db8::1\n",
        "a.test. 3600 IN DS 12345 13 2 "}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  epp::DomainUpdate hold;
  hold.name = "a.test";
  hold.add_statuses = {"clientHold"};
  ASSERT_EQ(Code(epp::MakeDomainUpdate(hold)), 1000);
  EXPECT_EQ(Text().find("a.test. 3600 IN NS ns1"), std::string::npos);
}

TEST_F(PublisherTest, TheDsOfAKeyIsTheOneOfRfc4509) {
  // RFC 4509 §2.3.
  KeyData key;
  key.set_flags(256);
  key.set_protocol(3);
  key.set_algorithm(5);
  key.set_public_key(
      "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/"
      "M5+X7OrzKBaM"
      "bCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==");
  EXPECT_EQ(DsOfKey(*dns::Name::Parse("dskey.example.com.", dns::Name()), key),
            "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A");
}

TEST_F(PublisherTest, ATldElsewhereIsHandedItsZoneOnceSettled) {
  std::string handed;
  Publisher::Options options;
  options.root = "127.0.0.1";
  options.port = 0;
  options.tlds["test"] = "127.0.0.2";
  options.elsewhere["test"] = [&](const std::string& text) { handed = text; };
  const auto publisher = Publisher::Open(running_.registry(), options);
  ASSERT_TRUE(publisher.ok()) << publisher.status();
  EXPECT_NE(handed.find("test. 3600 IN SOA"), std::string::npos);
  epp::DomainCreate create;
  create.name = "a.test";
  create.auth_info = "auth-1";
  create.hosts = {{"ns2.example.net", {}}};
  ASSERT_EQ(Code(epp::MakeHostCreate("ns2.example.net", {})), 1000);
  ASSERT_EQ(Code(epp::MakeDomainCreate(create)), 1000);
  (*publisher)->Settle();
  EXPECT_NE(handed.find("a.test. 3600 IN NS ns2.example.net.\n"), std::string::npos) << handed;
}

}  // namespace
}  // namespace quartet::sandbox
