// The registry's policies, asked with our own messages; what it answers is held against the schemas of the RFCs.
#include "tests/sandbox_registry/registry.h"

#include <gtest/gtest.h>

#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/epp/response.h"
#include "controller/registrar/epp/schema.h"
#include "replication/store/memory_store.h"

namespace quartet::sandbox {
namespace {

namespace epp = controller::epp;

class TestClock : public replication::Clock {
 public:
  int64_t WallMicros() override { return now_us; }
  int64_t MonotonicMicros() override { return now_us; }

  int64_t now_us = 1'790'000'000'000'000;
};

RegistryConfig Config() {
  RegistryConfig config;
  config.clients = {{"ours", "secret-1"}, {"theirs", "secret-2"}};
  config.most_sessions = 2;
  config.tlds["test"].name = "test";
  config.tlds["test"].reserved = {"nic"};
  Tld thick;
  thick.name = "thick";
  thick.thick = true;
  thick.hosts = Tld::Hosts::kAttributes;
  thick.sec_dns = Tld::SecDns::kKeyData;
  config.tlds["thick"] = thick;
  Tld slow;
  slow.name = "slow";
  slow.pending_create_us = 1'000'000;
  slow.pending_delete_us = 1'000'000;
  config.tlds["slow"] = slow;
  return config;
}

class RegistryTest : public testing::Test {
 protected:
  epp::Response Ask(Registry::Session& session, const epp::Command& command) {
    const std::string message = session.Answer(command.Encode("Q-1"));
    EXPECT_EQ(WhyInvalid(message), "") << message;
    absl::StatusOr<epp::Response> response = epp::ReadResponse(message);
    EXPECT_TRUE(response.ok()) << response.status() << message;
    EXPECT_EQ(response->cltrid(), "Q-1");
    return *std::move(response);
  }
  // Empty too where there are no schemas.
  static std::string WhyInvalid(const std::string& message) {
    return epp::Schemas::Load() == nullptr ? "" : epp::Schemas::Load()->WhyInvalid(message);
  }
  int Code(Registry::Session& session, const epp::Command& command) { return Ask(session, command).code(); }
  int Code(const epp::Command& command) { return Code(ours_, command); }

  static epp::Command LoginAs(const std::string& client, const std::string& password) {
    epp::Login login;
    login.client = client;
    login.password = password;
    login.object_uris = {"urn:ietf:params:xml:ns:domain-1.0", "urn:ietf:params:xml:ns:host-1.0"};
    login.extension_uris = {"urn:ietf:params:xml:ns:secDNS-1.1"};
    return epp::MakeLogin(login);
  }
  void SetUp() override {
    ASSERT_EQ(Code(ours_, LoginAs("ours", "secret-1")), 1000);
    ASSERT_EQ(Code(theirs_, LoginAs("theirs", "secret-2")), 1000);
  }

  static epp::DomainCreate NewDomain(const std::string& name) {
    epp::DomainCreate create;
    create.name = name;
    create.auth_info = "auth-1";
    return create;
  }
  epp::DomainInfo Info(const std::string& name) {
    const epp::Response response = Ask(ours_, epp::MakeDomainInfo(name));
    EXPECT_EQ(response.code(), 1000);
    absl::StatusOr<epp::DomainInfo> info = epp::ReadDomainInfo(*response.data(), response.extension());
    EXPECT_TRUE(info.ok()) << info.status();
    return *std::move(info);
  }

  TestClock clock_;
  store::MemoryStore store_;
  Registry registry_{Config(), store_, clock_};
  Registry::Session ours_{registry_};
  Registry::Session theirs_{registry_};
};

TEST_F(RegistryTest, ItsGreetingIsOne) {
  const absl::StatusOr<epp::Greeting> greeting = epp::ReadGreeting(ours_.Greeting());
  ASSERT_TRUE(greeting.ok()) << greeting.status();
  EXPECT_TRUE(greeting->Offers("urn:ietf:params:xml:ns:secDNS-1.1"));
  EXPECT_EQ(WhyInvalid(ours_.Greeting()), "");
  EXPECT_EQ(ours_.Answer(epp::Hello()), ours_.Greeting());
}

TEST_F(RegistryTest, SessionsAreLoggedInOnceByWhoIsKnown) {
  Registry::Session session(registry_);
  EXPECT_EQ(Code(session, epp::MakeDomainCheck({"a.test"})), 2002);
  EXPECT_EQ(Code(session, LoginAs("ours", "wrong-1")), 2200);
  EXPECT_EQ(Code(session, LoginAs("nobody", "secret-1")), 2200);
  EXPECT_EQ(Code(session, LoginAs("ours", "secret-1")), 1000);
  EXPECT_EQ(Code(session, LoginAs("ours", "secret-1")), 2002);
  Registry::Session third(registry_);
  EXPECT_EQ(Code(third, LoginAs("ours", "secret-1")), 2502);
  EXPECT_TRUE(third.ended());
  EXPECT_EQ(Code(session, epp::MakeLogout()), 1500);
  EXPECT_TRUE(session.ended());
}

TEST_F(RegistryTest, WhatIsNoCommandIsAnsweredSo) {
  for (const std::string message : {"", "garbage", "<a/>", "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'/>",
                                    "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command/></epp>",
                                    "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><response/></epp>"}) {
    const absl::StatusOr<epp::Response> response = epp::ReadResponse(ours_.Answer(message));
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->code(), 2001) << message;
  }
  const absl::StatusOr<epp::Response> unknown = epp::ReadResponse(ours_.Answer(
      "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><destroy/><clTRID>Q-1</clTRID></command></epp>"));
  ASSERT_TRUE(unknown.ok());
  EXPECT_EQ(unknown->code(), 2001);
}

TEST_F(RegistryTest, ANameIsFreeUntilItIsTaken) {
  const auto check = [&] {
    return *epp::ReadDomainCheck(
        *Ask(ours_, epp::MakeDomainCheck({"a.test", "nic.test", "a.elsewhere", "-a.test", "b.a.test"}))
             .data());
  };
  std::vector<epp::Availability> names = check();
  EXPECT_TRUE(names[0].available);
  EXPECT_EQ(names[1].reason, "Reserved");
  EXPECT_EQ(names[2].reason, "Not in this registry");
  EXPECT_EQ(names[3].reason, "Invalid name");
  EXPECT_EQ(names[4].reason, "Not in this registry");
  EXPECT_EQ(Code(epp::MakeDomainCreate(NewDomain("A.Test."))), 1000);
  EXPECT_EQ(check()[0].reason, "In use");
  EXPECT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 2302);
  EXPECT_EQ(Code(epp::MakeDomainCreate(NewDomain("nic.test"))), 2306);
  EXPECT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.elsewhere"))), 2306);
}

TEST_F(RegistryTest, HostsAreNeededBeforeADelegationAndGlueOnlyInBailiwick) {
  epp::DomainCreate create = NewDomain("a.test");
  create.hosts = {{"ns1.a.test", {}}};
  EXPECT_EQ(Code(epp::MakeDomainCreate(create)), 2303);
  EXPECT_EQ(Code(epp::MakeHostCreate("ns1.a.test", {"192.0.2.1"})), 2303);
  create.hosts.clear();
  EXPECT_EQ(Code(epp::MakeDomainCreate(create)), 1000);
  EXPECT_EQ(Code(epp::MakeHostCreate("ns1.a.test", {})), 2003);
  EXPECT_EQ(Code(theirs_, epp::MakeHostCreate("ns1.a.test", {"192.0.2.1"})), 2201);
  EXPECT_EQ(Code(epp::MakeHostCreate("ns1.a.test", {"192.0.2.1", "2001:db8::1"})), 1000);
  EXPECT_EQ(Code(epp::MakeHostCreate("ns1.a.test", {"192.0.2.1"})), 2302);
  EXPECT_EQ(Code(epp::MakeHostCreate("ns1.example.net", {"192.0.2.1"})), 2306);
  EXPECT_EQ(Code(epp::MakeHostCreate("ns1.example.net", {})), 1000);
  EXPECT_TRUE(Info("a.test").HasStatus("inactive"));
  epp::DomainUpdate update;
  update.name = "a.test";
  update.add_hosts = {{"ns1.a.test", {}}, {"ns1.example.net", {}}};
  EXPECT_EQ(Code(epp::MakeDomainUpdate(update)), 1000);
  EXPECT_EQ(Code(epp::MakeDomainUpdate(update)), 2306);
  const epp::DomainInfo info = Info("a.test");
  EXPECT_EQ(info.statuses, std::vector<std::string>{"ok"});
  EXPECT_EQ(info.hosts.size(), 2u);
  EXPECT_EQ(info.subordinate_hosts, std::vector<std::string>{"ns1.a.test"});
  EXPECT_EQ(Code(epp::MakeHostDelete("ns1.example.net")), 2305);
}

TEST_F(RegistryTest, ADomainGoesWithItsHostsUnlessOthersNeedThem) {
  ASSERT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 1000);
  ASSERT_EQ(Code(epp::MakeHostCreate("ns1.a.test", {"192.0.2.1"})), 1000);
  epp::DomainCreate other = NewDomain("b.test");
  other.hosts = {{"ns1.a.test", {}}};
  ASSERT_EQ(Code(epp::MakeDomainCreate(other)), 1000);
  EXPECT_EQ(Code(epp::MakeDomainDelete("a.test")), 2305);
  EXPECT_EQ(Code(theirs_, epp::MakeDomainDelete("b.test")), 2201);
  EXPECT_EQ(Code(epp::MakeDomainDelete("b.test")), 1000);
  EXPECT_EQ(Code(epp::MakeDomainDelete("a.test")), 1000);
  EXPECT_EQ(Code(epp::MakeDomainInfo("a.test")), 2303);
  EXPECT_EQ(Code(epp::MakeHostInfo("ns1.a.test")), 2303);
}

TEST_F(RegistryTest, LocksHoldUntilTheyAreLifted) {
  ASSERT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 1000);
  epp::DomainUpdate lock;
  lock.name = "a.test";
  lock.add_statuses = {"clientUpdateProhibited", "clientDeleteProhibited", "clientTransferProhibited"};
  ASSERT_EQ(Code(epp::MakeDomainUpdate(lock)), 1000);
  epp::DomainUpdate change;
  change.name = "a.test";
  change.auth_info = "auth-2";
  EXPECT_EQ(Code(epp::MakeDomainUpdate(change)), 2304);
  EXPECT_EQ(Code(epp::MakeDomainDelete("a.test")), 2304);
  EXPECT_EQ(Code(theirs_, epp::MakeDomainTransfer(epp::TransferOp::kRequest, "a.test", "auth-1")), 2304);
  epp::DomainUpdate unlock;
  unlock.name = "a.test";
  unlock.remove_statuses = lock.add_statuses;
  EXPECT_EQ(Code(epp::MakeDomainUpdate(unlock)), 1000);
  EXPECT_EQ(Code(epp::MakeDomainUpdate(change)), 1000);
  EXPECT_EQ(Info("a.test").auth_info, "auth-2");
  epp::DomainUpdate server;
  server.name = "a.test";
  server.add_statuses = {"serverHold"};
  EXPECT_EQ(Code(epp::MakeDomainUpdate(server)), 2306);
}

TEST_F(RegistryTest, ARenewalCarriesTheDateItRestsOn) {
  epp::DomainCreate create = NewDomain("a.test");
  create.years = 11;
  EXPECT_EQ(Code(epp::MakeDomainCreate(create)), 2004);
  create.years = 2;
  ASSERT_EQ(Code(epp::MakeDomainCreate(create)), 1000);
  const std::string expiry = Info("a.test").expiry_date.substr(0, 10);
  EXPECT_EQ(Code(epp::MakeDomainRenew("a.test", "2020-01-01", 1)), 2306);
  EXPECT_EQ(Code(epp::MakeDomainRenew("a.test", expiry, 9)), 2004);
  EXPECT_EQ(Code(epp::MakeDomainRenew("a.test", expiry, 1)), 1000);
  // A renewal sent again does not renew again.
  EXPECT_EQ(Code(epp::MakeDomainRenew("a.test", expiry, 1)), 2306);
}

TEST_F(RegistryTest, TransfersGoByAuthInfoAndAreToldOf) {
  ASSERT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 1000);
  const auto transfer = [&](Registry::Session& session, epp::TransferOp op,
                            const std::string& auth_info = "") {
    return Code(session, epp::MakeDomainTransfer(op, "a.test", auth_info));
  };
  EXPECT_EQ(transfer(ours_, epp::TransferOp::kRequest, "auth-1"), 2106);
  EXPECT_EQ(transfer(theirs_, epp::TransferOp::kRequest, "wrong"), 2202);
  EXPECT_EQ(transfer(theirs_, epp::TransferOp::kQuery), 2301);
  EXPECT_EQ(transfer(theirs_, epp::TransferOp::kRequest, "auth-1"), 1001);
  EXPECT_EQ(transfer(theirs_, epp::TransferOp::kRequest, "auth-1"), 2300);
  EXPECT_EQ(transfer(theirs_, epp::TransferOp::kApprove), 2201);
  EXPECT_TRUE(Info("a.test").HasStatus("pendingTransfer"));
  const epp::Response waiting = Ask(ours_, epp::MakePollRequest());
  EXPECT_EQ(waiting.code(), 1301);
  ASSERT_TRUE(waiting.queue().has_value() && waiting.data().has_value());
  EXPECT_EQ(epp::ReadDomainTransfer(*waiting.data())->requester, "theirs");
  EXPECT_EQ(Code(epp::MakePollAcknowledgement(waiting.queue()->id)), 1000);
  EXPECT_EQ(Code(epp::MakePollAcknowledgement(waiting.queue()->id)), 2303);
  EXPECT_EQ(Code(epp::MakePollRequest()), 1300);
  EXPECT_EQ(transfer(ours_, epp::TransferOp::kApprove), 1000);
  EXPECT_EQ(Info("a.test").client, "theirs");
  EXPECT_EQ(Code(theirs_, epp::MakePollRequest()), 1301);
  EXPECT_EQ(Code(epp::MakeDomainDelete("a.test")), 2201);
}

TEST_F(RegistryTest, ATransferThatNobodyAnswersIsApprovedAfterFiveDays) {
  ASSERT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 1000);
  ASSERT_EQ(Code(theirs_, epp::MakeDomainTransfer(epp::TransferOp::kRequest, "a.test", "auth-1")), 1001);
  clock_.now_us += int64_t{5} * 86400 * 1'000'000 - 1;
  EXPECT_EQ(Info("a.test").client, "ours");
  clock_.now_us += 1;
  EXPECT_EQ(Info("a.test").client, "theirs");
  EXPECT_EQ(Code(theirs_, epp::MakePollRequest()), 1301);
  // That it was asked for, and that it is over.
  const epp::Response asked = Ask(ours_, epp::MakePollRequest());
  EXPECT_EQ(Code(epp::MakePollAcknowledgement(asked.queue()->id)), 1000);
  EXPECT_EQ(epp::ReadDomainTransfer(*Ask(ours_, epp::MakePollRequest()).data())->status, "serverApproved");
}

TEST_F(RegistryTest, WhatOnlyTheSponsorSeesIsToldToWhoKnowsTheAuthInfo) {
  ASSERT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 1000);
  const auto auth_info = [&](const epp::Command& command) {
    const epp::Response response = Ask(theirs_, command);
    return epp::ReadDomainInfo(*response.data(), response.extension())->auth_info;
  };
  EXPECT_EQ(auth_info(epp::MakeDomainInfo("a.test")), std::nullopt);
  EXPECT_EQ(auth_info(epp::MakeDomainInfo("a.test", "auth-1")), "auth-1");
  EXPECT_EQ(Code(theirs_, epp::MakeDomainInfo("a.test", "wrong")), 2202);
}

TEST_F(RegistryTest, PendingActionsEndAndAreToldOf) {
  EXPECT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.slow"))), 1001);
  EXPECT_TRUE(Info("a.slow").HasStatus("pendingCreate"));
  EXPECT_EQ(Code(epp::MakePollRequest()), 1300);
  clock_.now_us += 1'000'000;
  const epp::Response created = Ask(ours_, epp::MakePollRequest());
  ASSERT_TRUE(created.data().has_value());
  const absl::StatusOr<epp::DomainPendingResult> result = epp::ReadDomainPendingResult(*created.data());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->name, "a.slow");
  EXPECT_TRUE(result->done);
  EXPECT_EQ(result->cltrid, "Q-1");
  EXPECT_FALSE(Info("a.slow").HasStatus("pendingCreate"));
  EXPECT_EQ(Code(epp::MakeDomainDelete("a.slow")), 1001);
  EXPECT_TRUE(Info("a.slow").HasStatus("pendingDelete"));
  EXPECT_EQ(Info("a.slow").grace_periods, std::vector<std::string>{"pendingDelete"});
  EXPECT_EQ(Code(epp::MakeDomainRenew("a.slow", "2026-01-01", 1)), 2304);
  clock_.now_us += 1'000'000;
  EXPECT_EQ(Code(epp::MakeDomainInfo("a.slow")), 2303);
}

TEST_F(RegistryTest, AThickTldWantsContactsAndHostAttributes) {
  epp::DomainCreate create = NewDomain("a.thick");
  EXPECT_EQ(Code(epp::MakeDomainCreate(create)), 2003);
  EXPECT_EQ(Code(epp::MakeContactCreate(
                {"c-1", "Ada", "", {}, "Berlin", "", "", "DE", "", "ada@example.test", "x"})),
            1000);
  EXPECT_EQ(Code(epp::MakeContactCreate(
                {"c-1", "Ada", "", {}, "Berlin", "", "", "DE", "", "ada@example.test", "x"})),
            2302);
  create.registrant = "c-1";
  create.contacts = {{"admin", "c-1"}, {"tech", "c-1"}, {"billing", "c-2"}};
  EXPECT_EQ(Code(epp::MakeDomainCreate(create)), 2303);
  create.contacts[2].id = "c-1";
  create.hosts = {{"ns1.example.net", {}}};
  EXPECT_EQ(Code(epp::MakeDomainCreate(create)), 2306);
  create.host_model = epp::HostModel::kAttributes;
  create.hosts = {{"ns1.a.thick", {"192.0.2.1"}}, {"ns1.example.net", {}}};
  create.sec_dns.ds = {{1, 13, 2, "AB"}};
  EXPECT_EQ(Code(epp::MakeDomainCreate(create)), 2306);
  create.sec_dns = {{}, {{257, 3, 13, "AQID"}}};
  EXPECT_EQ(Code(epp::MakeDomainCreate(create)), 1000);
  const epp::DomainInfo info = Info("a.thick");
  EXPECT_EQ(info.hosts, create.hosts);
  EXPECT_EQ(info.sec_dns, create.sec_dns);
  EXPECT_EQ(Code(epp::MakeContactDelete("c-1")), 2305);
}

TEST_F(RegistryTest, DsRecordsAreAddedAndTakenAway) {
  epp::DomainCreate create = NewDomain("a.test");
  create.sec_dns.ds = {{1, 13, 2, "AB"}};
  ASSERT_EQ(Code(epp::MakeDomainCreate(create)), 1000);
  epp::DomainUpdate update;
  update.name = "a.test";
  update.add_sec_dns.ds = {{2, 13, 2, "CD"}};
  update.remove_sec_dns.ds = {{1, 13, 2, "AB"}};
  EXPECT_EQ(Code(epp::MakeDomainUpdate(update)), 1000);
  EXPECT_EQ(Info("a.test").sec_dns.ds, update.add_sec_dns.ds);
  EXPECT_EQ(Code(epp::MakeDomainUpdate(update)), 2306);
}

TEST_F(RegistryTest, HostsAreUpdatedByTheDifference) {
  ASSERT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 1000);
  ASSERT_EQ(Code(epp::MakeHostCreate("ns1.a.test", {"192.0.2.1"})), 1000);
  EXPECT_EQ(Code(epp::MakeHostUpdate("ns1.a.test", {"192.0.2.2"}, {"192.0.2.1"})), 1000);
  EXPECT_EQ(Code(epp::MakeHostUpdate("ns1.a.test", {"192.0.2.2"}, {})), 2306);
  EXPECT_EQ(Code(epp::MakeHostUpdate("ns1.a.test", {}, {"192.0.2.2"})), 2003);
  EXPECT_EQ(Code(theirs_, epp::MakeHostUpdate("ns1.a.test", {"192.0.2.3"}, {})), 2201);
  const epp::Response response = Ask(ours_, epp::MakeHostInfo("ns1.a.test"));
  EXPECT_EQ(epp::ReadHostInfo(*response.data())->addresses, std::vector<std::string>{"192.0.2.2"});
}

TEST_F(RegistryTest, WhoPublishesHearsOfChanges) {
  std::vector<std::string> changed;
  registry_.set_on_changed([&](const std::string& tld) { changed.push_back(tld); });
  ASSERT_EQ(Code(epp::MakeDomainCheck({"a.test"})), 1000);
  ASSERT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 1000);
  ASSERT_EQ(Code(epp::MakeDomainCreate(NewDomain("a.test"))), 2302);
  EXPECT_EQ(changed, std::vector<std::string>{"test"});
  EXPECT_EQ(registry_.Domains("test").size(), 1u);
}

}  // namespace
}  // namespace quartet::sandbox
