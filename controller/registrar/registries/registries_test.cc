#include <gtest/gtest.h>

#include "controller/registrar/registries/registry_client.h"

namespace quartet::controller {
namespace {

RegistryConfig Registry(const std::string& name, std::vector<std::string> tlds) {
  RegistryConfig config;
  config.name = name;
  config.tlds = std::move(tlds);
  return config;
}

absl::StatusOr<std::unique_ptr<Registries>> Make(std::vector<RegistryConfig> all) {
  RegistriesConfig config;
  config.registries = std::move(all);
  return Registries::Make(std::move(config), [](const RegistryConfig& one) {
    return MakeRegistryClient(one, replication::SystemRandom());
  });
}

TEST(RegistriesTest, ADomainIsOfTheLongestTldItLiesIn) {
  const auto registries = Make({Registry("one", {"example", "test"}), Registry("two", {"co.example"})});
  ASSERT_TRUE(registries.ok()) << registries.status();
  const auto name_of = [&](const std::string& domain) {
    RegistryClient* const client = (*registries)->Of(domain);
    return client == nullptr ? "" : client->config().name;
  };
  EXPECT_EQ(name_of("a.example"), "one");
  EXPECT_EQ(name_of("www.a.example"), "one");
  EXPECT_EQ(name_of("a.co.example"), "two");
  // A TLD itself is nobody's to register, but of another registry's TLD.
  EXPECT_EQ(name_of("co.example"), "one");
  EXPECT_EQ(name_of("example"), "");
  EXPECT_EQ(name_of("a.elsewhere"), "");
  EXPECT_EQ(name_of("acontest"), "");
  EXPECT_EQ((*registries)->Named("two"), (*registries)->Of("a.co.example"));
  EXPECT_EQ((*registries)->Named("three"), nullptr);
  EXPECT_EQ((*registries)->all().size(), 2u);
}

TEST(RegistriesTest, ATldHasOneRegistry) {
  const absl::Status status =
      Make({Registry("one", {"test"}), Registry("two", {"example", "test"})}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "registries one and two are both said to run .test");
  EXPECT_EQ(Make({Registry("one", {"test"}), Registry("one", {"example"})}).status().message(),
            "two registries are called one");
}

TEST(RegistriesTest, AFileThatCantBeReadIsNamedWithItsRegistry) {
  RegistryConfig config = Registry("one", {"test"});
  config.ca = "/nowhere/ca.pem";
  const absl::Status status = Make({config}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("registry one: /nowhere/ca.pem"), absl::string_view::npos) << status;
}

}  // namespace
}  // namespace quartet::controller
