// Every command, held against the schemas of the RFCs.
#include <gtest/gtest.h>

#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/epp/namespaces.h"
#include "controller/registrar/epp/schema.h"

namespace quartet::controller::epp {
namespace {

class CommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (Schemas::Load() == nullptr)
      GTEST_SKIP() << "QUARTET_TEST_DATA is not set: no schemas to hold messages against";
  }

  static void ExpectValid(const Command& command) {
    const std::string message = command.Encode("Q-1");
    EXPECT_EQ(Schemas::Load()->WhyInvalid(message), "") << message;
  }
};

SecDns OneDs() { return {{{12345, 13, 2, "AB01"}}, {}}; }
SecDns OneKey() { return {{}, {{257, 3, 13, "AQID"}}}; }

TEST_F(CommandsTest, WhatIsInvalidIsFound) {
  EXPECT_NE(Schemas::Load()->WhyInvalid(MakeDomainCheck({}).Encode("Q-1")), "");
  EXPECT_NE(Schemas::Load()->WhyInvalid(MakeDomainCheck({"example.test"}).Encode("Q")), "");
  EXPECT_NE(Schemas::Load()->WhyInvalid("<epp/>"), "");
}

TEST_F(CommandsTest, Sessions) {
  EXPECT_EQ(Schemas::Load()->WhyInvalid(Hello()), "");
  Login login;
  login.client = "client";
  login.password = "secret-1";
  login.object_uris = {std::string(kDomainNamespace), std::string(kHostNamespace)};
  ExpectValid(MakeLogin(login));
  login.extension_uris = {std::string(kSecDnsNamespace)};
  ExpectValid(MakeLogin(login));
  ExpectValid(MakeLogout());
  ExpectValid(MakePollRequest());
  ExpectValid(MakePollAcknowledgement("12 & <13>"));
}

TEST_F(CommandsTest, DomainsAreCheckedAndAskedFor) {
  ExpectValid(MakeDomainCheck({"example.test", "example2.test"}));
  ExpectValid(MakeDomainInfo("example.test"));
  ExpectValid(MakeDomainInfo("example.test", "secret"));
}

TEST_F(CommandsTest, DomainsAreCreatedWithHostsOfEitherModel) {
  DomainCreate create;
  create.name = "example.test";
  create.auth_info = "secret";
  ExpectValid(MakeDomainCreate(create));
  create.years = 2;
  create.hosts = {{"ns-1.a.test", {}}, {"ns-2.b.example", {}}};
  create.registrant = "contact-1";
  create.contacts = {{"admin", "contact-1"}, {"tech", "contact-2"}};
  create.sec_dns = OneDs();
  ExpectValid(MakeDomainCreate(create));
  create.host_model = HostModel::kAttributes;
  create.hosts[0].addresses = {"192.0.2.1", "2001:db8::1"};
  create.sec_dns = OneKey();
  ExpectValid(MakeDomainCreate(create));
}

TEST_F(CommandsTest, DomainsAreUpdatedInEachPart) {
  DomainUpdate update;
  update.name = "example.test";
  update.add_hosts = {{"ns-1.a.test", {}}};
  ExpectValid(MakeDomainUpdate(update));
  update.remove_hosts = {{"ns-2.a.test", {}}};
  update.add_statuses = {"clientTransferProhibited", "clientDeleteProhibited"};
  update.remove_statuses = {"clientHold"};
  update.add_contacts = {{"billing", "contact-3"}};
  update.remove_contacts = {{"billing", "contact-4"}};
  update.registrant = "contact-5";
  update.auth_info = "new secret";
  update.add_sec_dns = OneDs();
  update.remove_sec_dns = OneKey();
  ExpectValid(MakeDomainUpdate(update));
  DomainUpdate only_ds;
  only_ds.name = "example.test";
  only_ds.add_sec_dns = OneDs();
  ExpectValid(MakeDomainUpdate(only_ds));
}

TEST_F(CommandsTest, DomainsAreRenewedTransferredAndDeleted) {
  ExpectValid(MakeDomainRenew("example.test", "2026-11-26", 1));
  ExpectValid(MakeDomainRenew("example.test", "2026-11-26", 0));
  ExpectValid(MakeDomainTransfer(TransferOp::kRequest, "example.test", "secret"));
  ExpectValid(MakeDomainTransfer(TransferOp::kRequest, "example.test", "secret", 2));
  for (const TransferOp op :
       {TransferOp::kQuery, TransferOp::kCancel, TransferOp::kApprove, TransferOp::kReject}) {
    ExpectValid(MakeDomainTransfer(op, "example.test"));
  }
  ExpectValid(MakeDomainDelete("example.test"));
}

TEST_F(CommandsTest, Hosts) {
  ExpectValid(MakeHostCheck({"ns-1.example.test"}));
  ExpectValid(MakeHostInfo("ns-1.example.test"));
  ExpectValid(MakeHostCreate("ns-1.example.test", {}));
  ExpectValid(MakeHostCreate("ns-1.example.test", {"192.0.2.1", "2001:db8::1"}));
  ExpectValid(MakeHostUpdate("ns-1.example.test", {"192.0.2.2"}, {"192.0.2.1"}));
  ExpectValid(MakeHostUpdate("ns-1.example.test", {}, {"192.0.2.1"}));
  ExpectValid(MakeHostDelete("ns-1.example.test"));
}

TEST_F(CommandsTest, Contacts) {
  const Contact contact{"contact-1", "Ada & Co", "Org",           {"Street 1", "2nd floor"}, "Berlin", "BE",
                        "10115",     "DE",       "+49.301234567", "ada@example.test",        "secret"};
  ExpectValid(MakeContactCheck({"contact-1", "contact-2"}));
  ExpectValid(MakeContactInfo("contact-1"));
  ExpectValid(MakeContactCreate(contact));
  ExpectValid(MakeContactUpdate(contact));
  ExpectValid(MakeContactCreate(
      {"contact-1", "Ada", "", {}, "Berlin", "", "", "DE", "", "ada@example.test", "secret"}));
}

}  // namespace
}  // namespace quartet::controller::epp
