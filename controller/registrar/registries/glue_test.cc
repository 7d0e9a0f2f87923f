#include "controller/registrar/registries/glue.h"

#include <gtest/gtest.h>

namespace quartet::controller {
namespace {

RegistryConfig Registry(epp::HostModel model) {
  RegistryConfig registry;
  registry.tlds = {"test", "co.example"};
  registry.host_model = model;
  return registry;
}

TEST(GlueTest, HostObjectsHaveItInTheRegistrysTlds) {
  const RegistryConfig registry = Registry(epp::HostModel::kObjects);
  EXPECT_TRUE(WantsGlue(registry, "a.test", "ns1.b.test"));
  EXPECT_TRUE(WantsGlue(registry, "a.test", "ns1.b.co.example"));
  EXPECT_FALSE(WantsGlue(registry, "a.test", "ns1.b.example"));
  EXPECT_FALSE(WantsGlue(registry, "a.test", "ns1.contest"));
  EXPECT_EQ(HostFor(registry, "a.test", "ns1.b.test", {"192.0.2.1"}).addresses.size(), 1u);
  EXPECT_TRUE(HostFor(registry, "a.test", "ns1.b.example", {"192.0.2.1"}).addresses.empty());
}

TEST(GlueTest, AttributesHaveItInTheirDomain) {
  const RegistryConfig registry = Registry(epp::HostModel::kAttributes);
  EXPECT_TRUE(WantsGlue(registry, "a.test", "ns1.a.test"));
  EXPECT_TRUE(WantsGlue(registry, "a.test", "a.test"));
  EXPECT_FALSE(WantsGlue(registry, "a.test", "ns1.ba.test"));
  EXPECT_FALSE(WantsGlue(registry, "a.test", "ns1.b.test"));
}

TEST(GlueTest, AddressesAreComparedHoweverTheyAreWritten) {
  EXPECT_EQ(CanonicalAddresses({"2001:DB8:0:0::1", "192.0.2.1", "2001:db8::1"}),
            (std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
  EXPECT_EQ(CanonicalAddress("none"), "none");
}

}  // namespace
}  // namespace quartet::controller
