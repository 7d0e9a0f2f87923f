// What DomainService is answered: requests, names, lists.
#include "controller/registrar/registrar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/registrar/registration_world.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Caller kAda{"quartet://admin/ada"};

class RegistrarTest : public testing::Test {
 protected:
  Registrar& registrar() {
    if (registrar_ == nullptr) {
      Registrar::Options options;
      options.operations = RegistrationWorld::Quick();
      registrar_ = std::make_unique<Registrar>(world_.host(), *world_.registries, world_.clock,
                                               replication::SystemRandom(), options);
    }
    return *registrar_;
  }
  static v1::RegisterDomainRequest Registering(const std::string& name, const std::string& request_id = "") {
    v1::RegisterDomainRequest request;
    request.set_domain_name(name);
    request.set_request_id(request_id);
    return request;
  }
  v1::DomainOperation Await(const std::string& name) {
    std::mutex mutex;
    std::condition_variable wake;
    bool moved = true;
    const auto watch = registrar().WatchOperation(name, [&] {
      const std::lock_guard<std::mutex> lock(mutex);
      moved = true;
      wake.notify_all();
    });
    EXPECT_TRUE(watch.ok()) << watch.status();
    v1::GetDomainOperationRequest get;
    get.set_name(name);
    while (true) {
      {
        std::unique_lock<std::mutex> lock(mutex);
        EXPECT_TRUE(wake.wait_for(lock, std::chrono::seconds(60), [&] { return moved; }));
        if (!moved) return {};
        moved = false;
      }
      const auto operation = registrar().GetDomainOperation(kAda, get);
      EXPECT_TRUE(operation.ok()) << operation.status();
      if (!operation.ok() || operation->has_end_time()) return *operation;
    }
  }
  void Register(const std::string& name) {
    const auto operation = registrar().RegisterDomain(kAda, Registering(name));
    ASSERT_TRUE(operation.ok()) << operation.status();
    const v1::DomainOperation ended = Await(operation->name());
    ASSERT_EQ(ended.state(), v1::DomainOperation::STATE_SUCCESSFUL) << ended.ShortDebugString();
  }
  absl::StatusOr<v1::Domain> Get(const std::string& name, bool refresh = false) {
    v1::GetDomainRequest request;
    request.set_name(name);
    request.set_refresh(refresh);
    return registrar().GetDomain(kAda, request);
  }

  RegistrationWorld world_;
  std::unique_ptr<Registrar> registrar_;
};

TEST_F(RegistrarTest, ADomainIsShownAsItWasRegistered) {
  v1::RegisterDomainRequest request = Registering("Example.Shop.");
  request.set_years(2);
  request.set_auto_renew(true);
  const auto submitted = registrar().RegisterDomain(kAda, request);
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_EQ(submitted->kind(), v1::DomainOperation::KIND_REGISTER);
  EXPECT_EQ(submitted->domain(), "domains/example.shop");
  EXPECT_EQ(submitted->principal(), kAda.principal);
  const v1::DomainOperation done = Await(submitted->name());
  EXPECT_EQ(done.state(), v1::DomainOperation::STATE_SUCCESSFUL) << done.ShortDebugString();
  EXPECT_EQ(done.nameservers_size(), 4);
  const v1::Domain domain = *Get("domains/example.shop");
  EXPECT_EQ(domain.state(), v1::Domain::STATE_REGISTERED);
  EXPECT_EQ(domain.registry(), "registries/sandbox");
  EXPECT_EQ(domain.zone(), done.zone());
  EXPECT_TRUE(domain.auto_renew());
  EXPECT_FALSE(domain.locked());
  EXPECT_THAT(domain.statuses(), ElementsAre("ok"));
  EXPECT_THAT(std::vector<std::string>(domain.nameservers().begin(), domain.nameservers().end()),
              testing::ElementsAreArray(done.nameservers()));
  // Two years of about 365 days.
  const int64_t days = (domain.expire_time().seconds() - domain.create_time().seconds()) / 86'400;
  EXPECT_GE(days, 730);
  EXPECT_LE(days, 731);
  v1::GetAuthCodeRequest code;
  code.set_name("domains/example.shop");
  EXPECT_EQ(registrar().GetAuthCode(kAda, code)->auth_code(),
            world_.registry.registry().FindDomain("example.shop")->auth_info());
}

TEST_F(RegistrarTest, ARequestSentAgainGetsItsOperation) {
  const v1::RegisterDomainRequest request = Registering("example.shop", "r-1");
  const auto first = registrar().RegisterDomain(kAda, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(registrar().RegisterDomain(kAda, request)->name(), first->name());
  Await(first->name());
  EXPECT_EQ(registrar().RegisterDomain(kAda, request)->name(), first->name());
  EXPECT_EQ(registrar().RegisterDomain(kAda, Registering("other.shop", "r-1")).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(registrar().RegisterDomain(kAda, Registering("example.shop", "r-2")).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(registrar().RegisterDomain(kAda, Registering("x.shop", std::string(65, 'x'))).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(RegistrarTest, ADeletionThatIsSentAgainGetsItsOperation) {
  Register("example.shop");
  v1::DeleteDomainRequest request;
  request.set_name("domains/example.shop");
  request.set_request_id("r-1");
  const auto first = registrar().DeleteDomain(kAda, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Await(first->name()).state(), v1::DomainOperation::STATE_SUCCESSFUL);
  EXPECT_EQ(Get("domains/example.shop").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(registrar().DeleteDomain(kAda, request)->name(), first->name());
  request.set_request_id("r-2");
  EXPECT_EQ(registrar().DeleteDomain(kAda, request).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RegistrarTest, NamesThatCantBeRegisteredAreRefusedAtOnce) {
  const std::pair<const char*, const char*> names[] = {{"", "empty"},
                                                       {"shop", "single label"},
                                                       {"example.nowhere", "no registry"},
                                                       {"-x.shop", "hyphen"},
                                                       {"b\xc3\xbc"
                                                        "cher.shop",
                                                        "A-label"},
                                                       {"a b.shop", "letters"},
                                                       {"192.0.2.1", "address"}};
  for (const auto& [name, why] : names) {
    const auto refused = registrar().RegisterDomain(kAda, Registering(name));
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(why));
  }
  v1::RegisterDomainRequest years = Registering("example.shop");
  years.set_years(11);
  EXPECT_EQ(registrar().RegisterDomain(kAda, years).status().code(), absl::StatusCode::kInvalidArgument);
  v1::RegisterDomainRequest zone = Registering("example.shop");
  zone.set_zone("zones/Z0123456789ABC");
  EXPECT_EQ(registrar().RegisterDomain(kAda, zone).status().code(), absl::StatusCode::kNotFound);
  zone.set_zone(absl::StrCat("zones/", world_.MakeZone("another.shop")));
  EXPECT_EQ(registrar().RegisterDomain(kAda, zone).status().code(), absl::StatusCode::kInvalidArgument);
  v1::RegisterDomainRequest set = Registering("example.shop");
  set.set_delegation_set("delegationSets/nobodys");
  EXPECT_EQ(registrar().RegisterDomain(kAda, set).status().code(), absl::StatusCode::kNotFound);
  v1::RegisterDomainRequest contact = Registering("example.thick");
  v1::DomainContact& eve = *contact.add_contacts();
  eve.set_role("registrant");
  eve.set_contact("eve");
  EXPECT_EQ(registrar().RegisterDomain(kAda, contact).status().code(), absl::StatusCode::kInvalidArgument);
  // But for polls.
  EXPECT_THAT(world_.registry.commands(), testing::Each("poll"));
}

TEST_F(RegistrarTest, WithoutRegistriesNamesAreRefusedWithAWord) {
  world_.registries = *Registries::Make({}, nullptr);
  const auto refused = registrar().RegisterDomain(kAda, Registering("example.shop"));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("--registries"));
  EXPECT_EQ(registrar().ListRegistries(kAda, {})->registries_size(), 0);
}

TEST_F(RegistrarTest, ChecksAskEachRegistryForItsOwn) {
  Register("taken.shop");
  v1::CheckDomainsRequest request;
  for (const char* const name : {"free.thick", "Taken.shop", "free.shop", "taken.shop.", "nic.shop"})
    request.add_names(name);
  const auto response = registrar().CheckDomains(kAda, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->domains_size(), 5);
  EXPECT_EQ(response->domains(0).registry(), "registries/thick");
  EXPECT_TRUE(response->domains(0).available());
  EXPECT_EQ(response->domains(1).domain_name(), "taken.shop");
  EXPECT_EQ(response->domains(1).reason(), "In use");
  EXPECT_TRUE(response->domains(2).available());
  EXPECT_FALSE(response->domains(3).available());
  EXPECT_EQ(response->domains(4).reason(), "Reserved");
  world_.registry.set_faults([](const std::string&, size_t) { return Fault{Fault::Kind::kDown, 0}; });
  EXPECT_EQ(registrar().CheckDomains(kAda, request).status().code(), absl::StatusCode::kUnavailable);
  request.add_names("example.nowhere");
  EXPECT_EQ(registrar().CheckDomains(kAda, request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(RegistrarTest, DomainsAreListedByName) {
  for (const char* const name : {"c.shop", "a.shop", "b.shop"}) Register(name);
  v1::ListDomainsRequest request;
  request.set_page_size(2);
  const auto first = registrar().ListDomains(kAda, request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->domains_size(), 2);
  EXPECT_EQ(first->domains(0).name(), "domains/a.shop");
  request.set_page_token(first->next_page_token());
  const auto second = registrar().ListDomains(kAda, request);
  ASSERT_EQ(second->domains_size(), 1);
  EXPECT_EQ(second->domains(0).name(), "domains/c.shop");
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(RegistrarTest, OperationsAreListedOpenOrOfADomain) {
  Register("a.shop");
  Register("b.shop");
  world_.registry.set_faults([](const std::string&, size_t) { return Fault{Fault::Kind::kDown, 0}; });
  const auto open = registrar().RegisterDomain(kAda, Registering("c.shop"));
  ASSERT_TRUE(open.ok());
  v1::ListDomainOperationsRequest request;
  EXPECT_EQ(registrar().ListDomainOperations(kAda, request)->operations_size(), 3);
  request.set_only_open(true);
  const auto only_open = registrar().ListDomainOperations(kAda, request);
  ASSERT_EQ(only_open->operations_size(), 1);
  EXPECT_EQ(only_open->operations(0).name(), open->name());
  request.set_domain("domains/a.shop");
  EXPECT_EQ(registrar().ListDomainOperations(kAda, request)->operations_size(), 0);
  request.set_only_open(false);
  EXPECT_EQ(registrar().ListDomainOperations(kAda, request)->operations_size(), 1);
  request.clear_domain();
  request.set_page_size(2);
  const auto page = registrar().ListDomainOperations(kAda, request);
  EXPECT_EQ(page->operations_size(), 2);
  request.set_page_token(page->next_page_token());
  EXPECT_EQ(registrar().ListDomainOperations(kAda, request)->operations_size(), 1);
  request.set_page_token("?");
  EXPECT_EQ(registrar().ListDomainOperations(kAda, request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(RegistrarTest, ARefreshTakesWhatTheRegistryHas) {
  Register("example.shop");
  epp::DomainUpdate update;
  update.name = "example.shop";
  update.add_statuses = {"clientHold"};
  const std::unique_ptr<RegistryClient> aside =
      world_.registry.MakeClient(FaultyRegistry::Config(), replication::SystemRandom());
  ASSERT_TRUE(aside->UpdateDomain(update).done());
  EXPECT_THAT(Get("domains/example.shop")->statuses(), ElementsAre("ok"));
  EXPECT_THAT(Get("domains/example.shop", true)->statuses(), ElementsAre("clientHold"));
  EXPECT_THAT(Get("domains/example.shop")->statuses(), ElementsAre("clientHold"));
  world_.registry.set_faults([](const std::string&, size_t) { return Fault{Fault::Kind::kDown, 0}; });
  EXPECT_EQ(Get("domains/example.shop", true).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RegistrarTest, AutoRenewalIsSwitched) {
  Register("example.shop");
  v1::SetAutoRenewRequest request;
  request.set_name("domains/example.shop");
  request.set_auto_renew(true);
  EXPECT_TRUE(registrar().SetAutoRenew(kAda, request)->auto_renew());
  EXPECT_TRUE(Get("domains/example.shop")->auto_renew());
  request.set_auto_renew(false);
  EXPECT_FALSE(registrar().SetAutoRenew(kAda, request)->auto_renew());
  request.set_name("domains/nobodys.shop");
  EXPECT_EQ(registrar().SetAutoRenew(kAda, request).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RegistrarTest, ALockIsSetAndLifted) {
  Register("example.shop");
  v1::SetDomainLockRequest request;
  request.set_name("domains/example.shop");
  for (const bool locked : {true, false}) {
    request.set_locked(locked);
    const auto operation = registrar().SetDomainLock(kAda, request);
    ASSERT_TRUE(operation.ok()) << operation.status();
    EXPECT_EQ(operation->kind(), v1::DomainOperation::KIND_SET_LOCK);
    EXPECT_EQ(Await(operation->name()).state(), v1::DomainOperation::STATE_SUCCESSFUL);
    EXPECT_EQ(Get("domains/example.shop")->locked(), locked);
  }
}

TEST_F(RegistrarTest, WhatIsNoDsRecordIsRefused) {
  Register("example.shop");
  v1::SetDomainDsRequest request;
  request.set_name("domains/example.shop");
  EXPECT_EQ(registrar().SetDomainDs(kAda, request).status().code(), absl::StatusCode::kInvalidArgument);
  v1::DomainDs& ds = *request.add_add();
  ds.set_key_tag(12345);
  ds.set_algorithm(13);
  ds.set_digest_type(2);
  for (const std::string& digest :
       {std::string(), std::string(63, 'a'), std::string(62, 'a'), std::string(64, 'g')}) {
    ds.set_digest(digest);
    EXPECT_EQ(registrar().SetDomainDs(kAda, request).status().code(), absl::StatusCode::kInvalidArgument)
        << digest;
  }
  ds.set_digest(std::string(64, 'a'));
  const auto operation = registrar().SetDomainDs(kAda, request);
  ASSERT_TRUE(operation.ok()) << operation.status();
  EXPECT_EQ(Await(operation->name()).state(), v1::DomainOperation::STATE_SUCCESSFUL);
  ASSERT_EQ(Get("domains/example.shop")->ds_size(), 1);
  EXPECT_EQ(Get("domains/example.shop")->ds(0).digest(), std::string(64, 'A'));
}

TEST_F(RegistrarTest, NameserversAreAZonesOrSomebodyElses) {
  Register("example.shop");
  v1::SetDomainNameserversRequest request;
  request.set_name("domains/example.shop");
  request.set_zone("zones/example.shop");
  request.add_nameservers("ns1.example.net");
  EXPECT_EQ(registrar().SetDomainNameservers(kAda, request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.clear_zone();
  request.add_nameservers("NS2.example.net.");
  request.add_nameservers("ns1.example.net");
  const auto operation = registrar().SetDomainNameservers(kAda, request);
  ASSERT_TRUE(operation.ok()) << operation.status();
  EXPECT_THAT(operation->nameservers(), ElementsAre("ns1.example.net", "ns2.example.net"));
  EXPECT_EQ(Await(operation->name()).state(), v1::DomainOperation::STATE_SUCCESSFUL);
  EXPECT_THAT(Get("domains/example.shop")->nameservers(), ElementsAre("ns1.example.net", "ns2.example.net"));
  EXPECT_EQ(Get("domains/example.shop")->zone(), "");
  // It has no zone to go back to by itself.
  request.clear_nameservers();
  EXPECT_EQ(registrar().SetDomainNameservers(kAda, request).status().code(),
            absl::StatusCode::kFailedPrecondition);
  request.set_zone("example.shop");
  const auto back = registrar().SetDomainNameservers(kAda, request);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(Await(back->name()).state(), v1::DomainOperation::STATE_SUCCESSFUL);
  EXPECT_EQ(Get("domains/example.shop")->nameservers_size(), 4);
  for (int i = 0; i < 14; ++i) request.add_nameservers(absl::StrCat("ns", i, ".example.net"));
  request.clear_zone();
  EXPECT_EQ(registrar().SetDomainNameservers(kAda, request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(RegistrarTest, RenewalsAreOfYearsThatTheRegistryTakes) {
  Register("example.shop");
  const int64_t before = Get("domains/example.shop")->expire_time().seconds();
  v1::RenewDomainRequest request;
  request.set_name("domains/example.shop");
  request.set_years(11);
  EXPECT_EQ(registrar().RenewDomain(kAda, request).status().code(), absl::StatusCode::kInvalidArgument);
  request.set_years(0);
  const auto operation = registrar().RenewDomain(kAda, request);
  ASSERT_TRUE(operation.ok()) << operation.status();
  EXPECT_EQ(Await(operation->name()).state(), v1::DomainOperation::STATE_SUCCESSFUL);
  EXPECT_GT(Get("domains/example.shop")->expire_time().seconds(), before + 364 * 86'400);
}

TEST_F(RegistrarTest, ATransferNeedsItsCode) {
  v1::TransferDomainRequest request;
  request.set_domain_name("example.shop");
  EXPECT_EQ(registrar().TransferDomain(kAda, request).status().code(), absl::StatusCode::kInvalidArgument);
  request.set_auth_code("not it");
  const auto operation = registrar().TransferDomain(kAda, request);
  ASSERT_TRUE(operation.ok()) << operation.status();
  v1::GetAuthCodeRequest code;
  code.set_name("domains/example.shop");
  // There is nothing to be transferred.
  EXPECT_EQ(Await(operation->name()).state(), v1::DomainOperation::STATE_FAILED);
  EXPECT_EQ(registrar().GetAuthCode(kAda, code).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RegistrarTest, RegistriesAreToldOf) {
  const auto registries = registrar().ListRegistries(kAda, {});
  ASSERT_EQ(registries->registries_size(), 2);
  EXPECT_EQ(registries->registries(0).name(), "registries/sandbox");
  EXPECT_THAT(registries->registries(0).tlds(), ElementsAre("shop", "slow"));
  EXPECT_EQ(registries->registries(0).endpoint(), "127.0.0.1:700");
  EXPECT_EQ(registries->registries(0).sessions(), 2U);
}

}  // namespace
}  // namespace quartet::controller
