#include "nameserver/identity_options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quartet::nameserver {
namespace {

// What a server called `ns-1-a` says of itself with these arguments.
ServerIdentity With(std::vector<std::string> arguments) {
  CLI::App app;
  IdentityOptions options;
  AddIdentityOptions(app, options);
  app.parse(std::move(arguments));
  return MakeIdentity(options, "ns-1-a");
}

TEST(IdentityOptionsTest, AServerSaysItsNameAndLittleOfItsVersion) {
  const ServerIdentity identity = With({});
  EXPECT_EQ(identity.nsid, "ns-1-a");
  EXPECT_EQ(identity.server_id, "ns-1-a");
  EXPECT_EQ(identity.version, "Quartet");
}

TEST(IdentityOptionsTest, EachCanBeAnyText) {
  const ServerIdentity identity = With({"--nsid=fra 1", "--server-id=fra-2", "--version-bind=1.0"});
  EXPECT_EQ(identity.nsid, "fra 1");
  EXPECT_EQ(identity.server_id, "fra-2");
  EXPECT_EQ(identity.version, "1.0");
}

TEST(IdentityOptionsTest, NoneSaysNothing) {
  const ServerIdentity identity = With({"--nsid=none", "--server-id=none", "--version-bind=none"});
  EXPECT_EQ(identity.nsid + identity.server_id + identity.version, "");
}

TEST(IdentityOptionsTest, TextsThatDontFitAnAnswerAreRefused) {
  EXPECT_NO_THROW(With({"--nsid=" + std::string(128, 'x')}));
  EXPECT_THROW(With({"--nsid=" + std::string(129, 'x')}), CLI::ValidationError);
  IdentityOptions options;
  EXPECT_EQ(MakeIdentity(options, std::string(200, 'x')).nsid.size(), 128u) << "a name of its own is cut";
}

}  // namespace
}  // namespace quartet::nameserver
