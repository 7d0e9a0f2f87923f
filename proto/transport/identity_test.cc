#include "proto/transport/identity.h"

#include <gtest/gtest.h>

namespace quartet::transport {
namespace {

TEST(Identity, ReadsTheThreeForms) {
  const auto admin = ParseIdentity("quartet://admin/alice@example");
  ASSERT_TRUE(admin.ok()) << admin.status();
  EXPECT_EQ(admin->kind, Identity::Kind::kAdmin);
  EXPECT_EQ(admin->name, "alice@example");

  const auto controller = ParseIdentity("quartet://controller/c-1");
  ASSERT_TRUE(controller.ok());
  EXPECT_EQ(controller->kind, Identity::Kind::kController);

  const auto node = ParseIdentity("quartet://nameserver/ns-1/node/ns-1-a");
  ASSERT_TRUE(node.ok());
  EXPECT_EQ(node->kind, Identity::Kind::kNode);
  EXPECT_EQ(node->nameserver, "ns-1");
  EXPECT_EQ(node->name, "ns-1-a");
  for (const auto& identity : {*admin, *controller, *node}) {
    EXPECT_EQ(ParseIdentity(identity.ToString())->ToString(), identity.ToString());
  }
}

TEST(Identity, RefusesEverythingElse) {
  for (const char* uri : {"", "quartet://", "quartet://admin", "quartet://admin/", "quartet://admin/a/b",
                          "http://admin/a", "quartet://nameserver/ns-1", "quartet://nameserver//node/a",
                          "quartet://nameserver/ns-1/node/", "quartet://nameserver/ns-1/nodes/a",
                          "quartet://root/a", "quartet://admin/a b", "QUARTET://admin/a"}) {
    EXPECT_FALSE(ParseIdentity(uri).ok()) << uri;
  }
  EXPECT_FALSE(ParseIdentity("quartet://admin/" + std::string(64, 'a')).ok());
}

TEST(Identity, IsTheOnlyQuartetNameOfACertificate) {
  EXPECT_TRUE(FindIdentity({"https://example.net/", "quartet://admin/a"}).ok());
  EXPECT_EQ(FindIdentity({}).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(FindIdentity({"https://example.net/"}).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(FindIdentity({"quartet://admin/a", "quartet://controller/a"}).status().code(),
            absl::StatusCode::kUnauthenticated);
}

}  // namespace
}  // namespace quartet::transport
