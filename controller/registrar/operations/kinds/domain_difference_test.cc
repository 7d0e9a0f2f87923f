#include "controller/registrar/operations/kinds/domain_difference.h"

#include <gtest/gtest.h>

namespace quartet::controller {
namespace {

using epp::HostModel;

epp::DomainInfo Info() {
  epp::DomainInfo info;
  info.name = "a.test";
  info.statuses = {"ok"};
  info.hosts = {{"ns1.example.net", {}}, {"ns2.example.net", {}}};
  info.sec_dns.ds = {{1, 13, 2, "AB"}};
  info.auth_info = "auth-1";
  return info;
}

TEST(DomainDifferenceTest, WhatIsSoIsNotSent) {
  DomainTarget target;
  EXPECT_EQ(DifferenceTo(target, Info(), HostModel::kObjects), std::nullopt);
  target.hosts = std::vector<epp::DomainHost>{{"NS2.example.net", {}}, {"ns1.example.net", {}}};
  target.set_statuses = {"ok"};
  target.clear_statuses = {"clientHold"};
  target.add_sec_dns.ds = {{1, 13, 2, "AB"}};
  target.remove_sec_dns.ds = {{2, 13, 2, "CD"}};
  target.auth_info = "auth-1";
  EXPECT_EQ(DifferenceTo(target, Info(), HostModel::kObjects), std::nullopt);
}

TEST(DomainDifferenceTest, TheDifferenceIsSent) {
  DomainTarget target;
  target.hosts = std::vector<epp::DomainHost>{{"ns2.example.net", {}}, {"ns3.example.net", {"192.0.2.1"}}};
  target.set_statuses = {"clientHold", "clientHold"};
  target.clear_statuses = {"ok"};
  target.add_sec_dns.ds = {{1, 13, 2, "AB"}, {2, 13, 2, "CD"}};
  target.remove_sec_dns.ds = {{1, 13, 2, "AB"}};
  target.auth_info = "auth-2";
  const std::optional<epp::DomainUpdate> update = DifferenceTo(target, Info(), HostModel::kObjects);
  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->name, "a.test");
  EXPECT_EQ(update->add_hosts, (std::vector<epp::DomainHost>{{"ns3.example.net", {}}}));
  EXPECT_EQ(update->remove_hosts, (std::vector<epp::DomainHost>{{"ns1.example.net", {}}}));
  EXPECT_EQ(update->add_statuses, std::vector<std::string>{"clientHold"});
  EXPECT_EQ(update->remove_statuses, std::vector<std::string>{"ok"});
  EXPECT_EQ(update->add_sec_dns.ds, (std::vector<epp::DsData>{{2, 13, 2, "CD"}}));
  EXPECT_EQ(update->remove_sec_dns.ds, (std::vector<epp::DsData>{{1, 13, 2, "AB"}}));
  EXPECT_EQ(update->auth_info, "auth-2");
}

TEST(DomainDifferenceTest, AttributesAreComparedWithTheirAddresses) {
  epp::DomainInfo info = Info();
  info.hosts = {{"ns1.a.test", {"2001:DB8::1"}}, {"ns2.a.test", {"192.0.2.2"}}};
  DomainTarget target;
  target.hosts =
      std::vector<epp::DomainHost>{{"ns1.a.test", {"2001:db8:0::1"}}, {"ns2.a.test", {"192.0.2.3"}}};
  const std::optional<epp::DomainUpdate> update = DifferenceTo(target, info, HostModel::kAttributes);
  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->add_hosts, (std::vector<epp::DomainHost>{{"ns2.a.test", {"192.0.2.3"}}}));
  EXPECT_EQ(update->remove_hosts, (std::vector<epp::DomainHost>{{"ns2.a.test", {"192.0.2.2"}}}));
  EXPECT_EQ(DifferenceTo(target, info, HostModel::kObjects), std::nullopt);
}

TEST(DomainDifferenceTest, AnAuthInfoThatIsNotToldIsSet) {
  epp::DomainInfo info = Info();
  info.auth_info.reset();
  DomainTarget target;
  EXPECT_EQ(DifferenceTo(target, info, HostModel::kObjects), std::nullopt);
  target.auth_info = "auth-1";
  EXPECT_EQ(DifferenceTo(target, info, HostModel::kObjects)->auth_info, "auth-1");
}

TEST(DomainDifferenceTest, ContactsAreReplaced) {
  epp::DomainInfo info = Info();
  info.registrant = "c-1";
  info.contacts = {{"admin", "c-1"}, {"tech", "c-1"}};
  DomainTarget target;
  target.registrant = "c-2";
  target.contacts = std::vector<epp::DomainContact>{{"admin", "c-2"}, {"tech", "c-1"}};
  const std::optional<epp::DomainUpdate> update = DifferenceTo(target, info, HostModel::kObjects);
  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->registrant, "c-2");
  EXPECT_EQ(update->add_contacts, (std::vector<epp::DomainContact>{{"admin", "c-2"}}));
  EXPECT_EQ(update->remove_contacts, (std::vector<epp::DomainContact>{{"admin", "c-1"}}));
}

// Applies what is sent, as a registry does.
void Apply(const epp::DomainUpdate& update, epp::DomainInfo& info) {
  for (const std::string& status : update.remove_statuses) std::erase(info.statuses, status);
  // The registry's rule.
  if (info.HasStatus(kUpdateProhibited)) ADD_FAILURE() << "it is locked";
  for (const std::string& status : update.add_statuses) info.statuses.push_back(status);
  if (update.auth_info.has_value()) info.auth_info = update.auth_info;
}

TEST(DomainDifferenceTest, ALockedDomainIsUnlockedFirstAndLockedWithTheChange) {
  epp::DomainInfo info = Info();
  info.statuses = {"clientUpdateProhibited", "clientDeleteProhibited"};
  DomainTarget target;
  target.auth_info = "auth-2";
  std::optional<NextUpdate> next = NextUpdateTo(target, info, HostModel::kObjects, false);
  ASSERT_TRUE(next.has_value());
  EXPECT_TRUE(next->unlocks);
  EXPECT_FALSE(next->last);
  EXPECT_FALSE(next->update.auth_info.has_value());
  EXPECT_EQ(next->update.remove_statuses, std::vector<std::string>{"clientUpdateProhibited"});
  Apply(next->update, info);
  next = NextUpdateTo(target, info, HostModel::kObjects, true);
  ASSERT_TRUE(next.has_value());
  EXPECT_FALSE(next->unlocks);
  EXPECT_TRUE(next->last);
  Apply(next->update, info);
  EXPECT_EQ(info.auth_info, "auth-2");
  EXPECT_TRUE(info.HasStatus("clientUpdateProhibited"));
  EXPECT_EQ(NextUpdateTo(target, info, HostModel::kObjects, true), std::nullopt);
}

TEST(DomainDifferenceTest, ALockThatWasTakenAwayComesBackThoughNothingElseIsWanted) {
  const std::optional<NextUpdate> next = NextUpdateTo({}, Info(), HostModel::kObjects, true);
  ASSERT_TRUE(next.has_value());
  EXPECT_TRUE(next->last);
  EXPECT_EQ(next->update.add_statuses, std::vector<std::string>{"clientUpdateProhibited"});
  EXPECT_EQ(NextUpdateTo({}, Info(), HostModel::kObjects, false), std::nullopt);
}

TEST(DomainDifferenceTest, ALockThatIsToGoDoesNotComeBack) {
  epp::DomainInfo info = Info();
  info.statuses = {"clientUpdateProhibited", "clientDeleteProhibited"};
  DomainTarget target;
  target.clear_statuses = {"clientUpdateProhibited", "clientDeleteProhibited"};
  std::optional<NextUpdate> next = NextUpdateTo(target, info, HostModel::kObjects, false);
  ASSERT_TRUE(next.has_value());
  EXPECT_FALSE(next->unlocks);
  EXPECT_FALSE(next->last);
  EXPECT_EQ(next->update.remove_statuses, std::vector<std::string>{"clientUpdateProhibited"});
  Apply(next->update, info);
  next = NextUpdateTo(target, info, HostModel::kObjects, false);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->update.remove_statuses, std::vector<std::string>{"clientDeleteProhibited"});
  Apply(next->update, info);
  EXPECT_TRUE(info.statuses.empty());
  // One update does where nothing but the lock is to go.
  info.statuses = {"clientUpdateProhibited"};
  next = NextUpdateTo(target, info, HostModel::kObjects, false);
  EXPECT_TRUE(next->last);
}

}  // namespace
}  // namespace quartet::controller
