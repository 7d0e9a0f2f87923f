// The registry client against the sandbox registry, over TLS: TLDs of all shapes.
#include "controller/registrar/registries/registry_client.h"

#include <gtest/gtest.h>

#include "controller/registrar/registries/glue.h"
#include "replication/base/clock.h"
#include "tests/registrar/registry_config_of.h"

namespace quartet::controller {
namespace {

using Kind = Verdict::Kind;

sandbox::RegistryConfig AllShapes() {
  sandbox::RegistryConfig config = sandbox::RunningRegistry::DefaultConfig();
  sandbox::Tld& attributes = config.tlds["attributes"];
  attributes.name = "attributes";
  attributes.hosts = sandbox::Tld::Hosts::kAttributes;
  attributes.thick = true;
  attributes.sec_dns = sandbox::Tld::SecDns::kKeyData;
  sandbox::Tld& slow = config.tlds["slow"];
  slow.name = "slow";
  // Over before the next command.
  slow.pending_create_us = 1;
  slow.pending_delete_us = 1;
  return config;
}

epp::Contact Ada() {
  epp::Contact contact;
  contact.id = "ada-1";
  contact.name = "Ada";
  contact.street = {"Strasse 1"};
  contact.city = "Berlin";
  contact.country = "DE";
  contact.email = "ada@example.test";
  return contact;
}

class RegistryClientTest : public testing::Test {
 protected:
  std::unique_ptr<RegistryClient> Make(const RegistryConfig& config) {
    auto client = MakeRegistryClient(config, replication::SystemRandom());
    EXPECT_TRUE(client.ok()) << client.status();
    return *std::move(client);
  }
  static epp::DomainCreate NewDomain(const std::string& name) {
    epp::DomainCreate create;
    create.name = name;
    create.auth_info = "auth-1";
    return create;
  }
  std::vector<std::string> AddressesAt(const std::string& host) {
    std::vector<std::string> addresses;
    const std::optional<sandbox::Host> row = running_.registry().FindHost(host);
    EXPECT_TRUE(row.has_value()) << host;
    if (!row.has_value()) return addresses;
    for (const sandbox::Address& address : row->addresses()) addresses.push_back(address.text());
    return addresses;
  }

  sandbox::RunningRegistry running_{AllShapes()};
  const RegistryConfig config_ = RegistryConfigOf(running_, {"test", "slow"});
  std::unique_ptr<RegistryClient> ours_ = Make(config_);
  std::unique_ptr<RegistryClient> theirs_ =
      Make(RegistryConfigOf(running_, {"test", "slow"}, "theirs", "secret-2"));
};

TEST_F(RegistryClientTest, ADomainLives) {
  const auto free = ours_->CheckDomains({"a.test", "b.test"});
  ASSERT_TRUE(free.verdict.done()) << free.verdict.message;
  EXPECT_TRUE(free.value->at(0).available && free.value->at(1).available);
  const auto created = ours_->CreateDomain(NewDomain("a.test"));
  ASSERT_TRUE(created.verdict.done()) << created.verdict.message;
  EXPECT_EQ(ours_->CheckDomains({"a.test"}).value->front().reason, "In use");
  const std::string expiry = created.value->expiry_date.substr(0, 10);
  const auto renewed = ours_->RenewDomain("a.test", expiry, 2);
  ASSERT_TRUE(renewed.verdict.done()) << renewed.verdict.message;
  EXPECT_GT(renewed.value->expiry_date, created.value->expiry_date);
  epp::DomainUpdate update;
  update.name = "a.test";
  update.add_sec_dns.ds = {{1, 13, 2, "AB"}};
  update.add_statuses = {"clientDeleteProhibited"};
  EXPECT_TRUE(ours_->UpdateDomain(update).done());
  const auto info = ours_->DomainInfo("a.test");
  ASSERT_TRUE(info.verdict.done()) << info.verdict.message;
  EXPECT_EQ(info.value->sec_dns, update.add_sec_dns);
  EXPECT_EQ(info.value->expiry_date, renewed.value->expiry_date);
  EXPECT_EQ(ours_->DeleteDomain("a.test").code, 2304);
  epp::DomainUpdate unlock;
  unlock.name = "a.test";
  unlock.remove_statuses = {"clientDeleteProhibited"};
  EXPECT_TRUE(ours_->UpdateDomain(unlock).done());
  EXPECT_TRUE(ours_->DeleteDomain("a.test").done());
  const auto gone = ours_->DomainInfo("a.test");
  EXPECT_EQ(gone.verdict.kind, Kind::kRefused);
  EXPECT_EQ(gone.verdict.code, 2303);
  EXPECT_FALSE(gone.value.has_value());
}

TEST_F(RegistryClientTest, WhatIsRefusedCarriesTheRegistrysWord) {
  ASSERT_TRUE(ours_->CreateDomain(NewDomain("a.test")).verdict.done());
  const Verdict taken = ours_->CreateDomain(NewDomain("a.test")).verdict;
  EXPECT_EQ(taken.kind, Kind::kRefused);
  EXPECT_EQ(taken.code, 2302);
  EXPECT_EQ(taken.message.substr(0, 4), "2302");
  EXPECT_EQ(theirs_->DomainInfo("a.test", "wrong").verdict.code, 2202);
  EXPECT_EQ(theirs_->DomainInfo("a.test", "auth-1").value->auth_info, "auth-1");
}

TEST_F(RegistryClientTest, HostsAreMadeAndMended) {
  // Elsewhere: no address, and whoever made it.
  EXPECT_TRUE(theirs_->EnsureHost({"ns1.example.net", {}}).done());
  EXPECT_TRUE(ours_->EnsureHost({"ns1.example.net", {}}).done());
  EXPECT_EQ(ours_->EnsureHost({"ns1.a.test", {"192.0.2.1"}}).code, 2303);
  ASSERT_TRUE(ours_->CreateDomain(NewDomain("a.test")).verdict.done());
  EXPECT_EQ(ours_->EnsureHost({"ns1.a.test", {}}).code, 2003);
  EXPECT_TRUE(ours_->EnsureHost({"ns1.a.test", {"192.0.2.1"}}).done());
  EXPECT_EQ(AddressesAt("ns1.a.test"), (std::vector<std::string>{"192.0.2.1"}));
  EXPECT_TRUE(ours_->EnsureHost({"ns1.a.test", {"2001:DB8:0::1", "192.0.2.2"}}).done());
  EXPECT_EQ(CanonicalAddresses(AddressesAt("ns1.a.test")),
            (std::vector<std::string>{"192.0.2.2", "2001:db8::1"}));
  EXPECT_EQ(theirs_->EnsureHost({"ns1.a.test", {"192.0.2.9"}}).code, 2201);
  // Who needs no glue of it takes it as it is.
  EXPECT_TRUE(theirs_->EnsureHost({"ns1.a.test", {}}).done());
  // As another client of ours finds it.
  EXPECT_TRUE(Make(config_)->EnsureHost({"ns1.a.test", {"192.0.2.2", "2001:db8::1"}}).done());
}

TEST_F(RegistryClientTest, WhatWasSeenIsNotAskedForAgain) {
  ASSERT_TRUE(ours_->EnsureHost({"ns1.example.net", {}}).done());
  ASSERT_TRUE(ours_->EnsureContact(Ada()).done());
  running_.Stop();
  EXPECT_TRUE(ours_->EnsureHost({"ns1.example.net", {}}).done());
  EXPECT_TRUE(ours_->EnsureContact(Ada()).done());
  EXPECT_FALSE(ours_->EnsureHost({"ns2.example.net", {}}).done());
}

TEST_F(RegistryClientTest, WhatHasGoneIsMadeAgain) {
  ASSERT_TRUE(ours_->EnsureHost({"ns1.example.net", {}}).done());
  // Behind its back.
  ASSERT_TRUE(Make(config_)->DeleteHost("ns1.example.net").done());
  epp::DomainCreate create = NewDomain("a.test");
  create.hosts = {{"ns1.example.net", {}}};
  EXPECT_EQ(ours_->CreateDomain(create).verdict.code, 2303);
  EXPECT_TRUE(ours_->EnsureHost({"ns1.example.net", {}}).done());
  EXPECT_TRUE(ours_->CreateDomain(create).verdict.done());
  ASSERT_TRUE(ours_->EnsureHost({"ns1.a.test", {"192.0.2.1"}}).done());
  // Its hosts go with the domain, and that is known.
  ASSERT_TRUE(ours_->DeleteDomain("a.test").done());
  EXPECT_EQ(ours_->EnsureHost({"ns1.a.test", {"192.0.2.1"}}).code, 2303);
}

TEST_F(RegistryClientTest, AThickTldOfHostAttributesAndKeys) {
  RegistryConfig config = RegistryConfigOf(running_, {"attributes"});
  config.host_model = epp::HostModel::kAttributes;
  config.wants_keys = true;
  const std::unique_ptr<RegistryClient> client = Make(config);
  EXPECT_TRUE(client->EnsureContact(Ada()).done());
  epp::Contact moved = Ada();
  moved.city = "Hamburg";
  EXPECT_TRUE(client->EnsureContact(moved).done());
  // There are no hosts to be made.
  EXPECT_TRUE(client->EnsureHost({"ns1.example.net", {}}).done());
  EXPECT_FALSE(running_.registry().FindHost("ns1.example.net").has_value());
  epp::DomainCreate create = NewDomain("a.attributes");
  create.host_model = epp::HostModel::kAttributes;
  create.registrant = "ada-1";
  create.contacts = {{"admin", "ada-1"}, {"tech", "ada-1"}, {"billing", "ada-1"}};
  create.hosts = {HostFor(config, create.name, "ns1.a.attributes", {"192.0.2.1"}),
                  HostFor(config, create.name, "ns1.example.net", {"192.0.2.2"})};
  create.sec_dns.keys = {{257, 3, 13, "AQID"}};
  const auto created = client->CreateDomain(create);
  ASSERT_TRUE(created.verdict.done()) << created.verdict.message;
  const auto info = client->DomainInfo("a.attributes");
  ASSERT_TRUE(info.verdict.done()) << info.verdict.message;
  EXPECT_EQ(info.value->hosts, create.hosts);
  EXPECT_EQ(info.value->sec_dns, create.sec_dns);
  EXPECT_EQ(info.value->registrant, "ada-1");
}

TEST_F(RegistryClientTest, WhatIsPendingEndsByPoll) {
  EXPECT_TRUE(ours_->Poll().verdict.done());
  EXPECT_FALSE(ours_->Poll().value.has_value());
  EXPECT_EQ(ours_->CreateDomain(NewDomain("a.slow")).verdict.kind, Kind::kPending);
  const auto polled = ours_->Poll();
  ASSERT_TRUE(polled.value.has_value()) << polled.verdict.message;
  ASSERT_TRUE(polled.value->pending.has_value());
  EXPECT_EQ(polled.value->pending->name, "a.slow");
  EXPECT_TRUE(polled.value->pending->done);
  EXPECT_TRUE(ours_->Acknowledge(polled.value->queue.id).done());
  EXPECT_EQ(ours_->Acknowledge(polled.value->queue.id).code, 2303);
  EXPECT_EQ(ours_->DeleteDomain("a.slow").kind, Kind::kPending);
}

TEST_F(RegistryClientTest, ADomainMovesToAnotherClient) {
  ASSERT_TRUE(ours_->CreateDomain(NewDomain("a.test")).verdict.done());
  const auto asked = theirs_->Transfer(epp::TransferOp::kRequest, "a.test", "auth-1");
  EXPECT_EQ(asked.verdict.kind, Kind::kPending);
  ASSERT_TRUE(asked.value.has_value());
  EXPECT_EQ(asked.value->status, "pending");
  const auto polled = ours_->Poll();
  ASSERT_TRUE(polled.value.has_value() && polled.value->transfer.has_value());
  EXPECT_EQ(polled.value->transfer->requester, "theirs");
  ASSERT_TRUE(ours_->Transfer(epp::TransferOp::kApprove, "a.test").verdict.done());
  EXPECT_EQ(theirs_->Transfer(epp::TransferOp::kQuery, "a.test").value->status, "clientApproved");
  EXPECT_EQ(theirs_->DomainInfo("a.test").value->client, "theirs");
}

TEST_F(RegistryClientTest, ARegistryThatIsAwayIsToldOf) {
  ASSERT_TRUE(ours_->CheckDomains({"a.test"}).verdict.done());
  running_.Stop();
  // The session broke: nothing is known of that command.
  EXPECT_EQ(ours_->CreateDomain(NewDomain("a.test")).verdict.kind, Kind::kUnknown);
  EXPECT_EQ(ours_->CreateDomain(NewDomain("a.test")).verdict.kind, Kind::kLater);
  EXPECT_EQ(ours_->state().kind, Kind::kLater);
  EXPECT_NE(ours_->state().message.find("127.0.0.1"), std::string::npos) << ours_->state().message;
}

TEST_F(RegistryClientTest, WhoIsNotTakenIsAMatterOfConfiguration) {
  const auto stranger = Make(RegistryConfigOf(running_, {"test"}, "ours", "secret-9"));
  EXPECT_EQ(stranger->CheckDomains({"a.test"}).verdict.kind, Kind::kConfiguration);
  EXPECT_EQ(stranger->state().kind, Kind::kConfiguration);
  RegistryConfig other_name = config_;
  other_name.server_name = "registry.example";
  EXPECT_EQ(Make(other_name)->CheckDomains({"a.test"}).verdict.kind, Kind::kConfiguration);
  EXPECT_TRUE(ours_->CheckDomains({"a.test"}).verdict.done());
  EXPECT_EQ(ours_->state().kind, Kind::kDone);
}

}  // namespace
}  // namespace quartet::controller
