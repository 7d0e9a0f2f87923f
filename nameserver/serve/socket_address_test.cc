#include "nameserver/serve/socket_address.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace quartet::nameserver {
namespace {

TEST(SocketAddressTest, ReadsAndWritesBothFamilies) {
  for (const char* text :
       {"192.0.2.1:53", "0.0.0.0:0", "[2001:db8::1]:53", "[::]:65535", "[fe80::1%lo]:53"}) {
    const absl::StatusOr<SocketAddress> address = SocketAddress::Parse(text);
    ASSERT_TRUE(address.ok()) << text << ": " << address.status();
    EXPECT_EQ(address->ToString(), text);
  }
}

TEST(SocketAddressTest, RefusesWhatIsNoAddressAndSaysHowToWriteOne) {
  for (const char* text : {"", "53", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1",
                           "localhost:53", "2001:db8::1:53", "[2001:db8::1]", "[2001:db8::1]53", "[]:53",
                           "[192.0.2.1]:53", "[fe80::1%nosuchlink]:53", "192.0.2.1:5x", "192.0.2:53"}) {
    const absl::StatusOr<SocketAddress> address = SocketAddress::Parse(text);
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_TRUE(absl::StrContains(address.status().message(), "192.0.2.1:53")) << address.status();
  }
}

TEST(SocketAddressTest, KnowsWildcards) {
  EXPECT_TRUE(SocketAddress::Parse("0.0.0.0:53")->is_wildcard());
  EXPECT_TRUE(SocketAddress::Parse("[::]:53")->is_wildcard());
  EXPECT_FALSE(SocketAddress::Parse("127.0.0.1:53")->is_wildcard());
  EXPECT_FALSE(SocketAddress::Parse("[::1]:53")->is_wildcard());
}

TEST(SocketAddressTest, CountsIpv6SourcesByTheir64AndIpv4ByAddress) {
  const auto key = [](const char* text) { return SocketAddress::Parse(text)->source_key(); };
  EXPECT_EQ(key("[2001:db8:0:1::1]:1"), key("[2001:db8:0:1:ffff::2]:2"));
  EXPECT_NE(key("[2001:db8:0:1::1]:1"), key("[2001:db8:0:2::1]:1"));
  EXPECT_EQ(key("192.0.2.1:1"), key("192.0.2.1:2"));
  EXPECT_NE(key("192.0.2.1:1"), key("192.0.2.2:1"));
}

}  // namespace
}  // namespace quartet::nameserver
