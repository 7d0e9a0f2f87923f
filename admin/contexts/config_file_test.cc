#include "admin/contexts/config_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace quartet::admin {
namespace {

std::string Refusal(absl::string_view text) {
  const auto config = ParseConfig(text, "/etc/c.yaml");
  EXPECT_FALSE(config.ok());
  return std::string(config.status().message());
}

TEST(ConfigFileTest, IsReadAsPeopleWriteIt) {
  const auto config = ParseConfig(
      "# mine\n"
      "current-context: local\n"
      "contexts:\n"
      "  local: {controller: '127.77.0.1:4700', ca: ca.pem, certificate: /c/anna.pem, key: ../k}\n"
      "  prod.eu:\n"
      "    controller: c.example:4700\n",
      "/u/anna/.config/quartet/config.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->current, "local");
  EXPECT_EQ(config->contexts.at("local"), (Context{"127.77.0.1:4700", "/u/anna/.config/quartet/ca.pem",
                                                   "/c/anna.pem", "/u/anna/.config/quartet/../k"}));
  EXPECT_EQ(config->contexts.at("prod.eu").controller, "c.example:4700");
  EXPECT_EQ(*ParseConfig("", "/c"), Config());
  EXPECT_EQ(*ParseConfig("contexts:\n", "/c"), Config());
}

TEST(ConfigFileTest, SaysWhereItIsWrong) {
  EXPECT_EQ(Refusal("contexts:\n  a:\n    server: x\n"),
            "/etc/c.yaml:3: a context has controller, ca, certificate and key, not server");
  EXPECT_EQ(Refusal("context: a\n"),
            "/etc/c.yaml:1: there is \"current-context: NAME\" and \"contexts:\", not context");
  EXPECT_EQ(Refusal("contexts:\n  a b:\n    ca: x\n"), "/etc/c.yaml:3: \"a b\" is no name of a context");
  EXPECT_EQ(Refusal("contexts: [a]\n").substr(0, 14), "/etc/c.yaml:1:");
  EXPECT_EQ(Refusal("contexts:\n  a: &x {ca: x}\n  b: *x\n").substr(0, 14), "/etc/c.yaml:3:");
  EXPECT_EQ(Refusal("contexts:\n\t- x\n").substr(0, 14), "/etc/c.yaml:2:");
  EXPECT_EQ(Refusal("a: b\na: c\n").substr(0, 14), "/etc/c.yaml:2:");
  EXPECT_FALSE(ParseConfig(std::string(100000, '{'), "/c").ok());
  EXPECT_FALSE(ParseConfig("just a text", "/c").ok());
}

TEST(ConfigFileTest, WhatIsSavedIsReadAgain) {
  const std::string folder = absl::StrCat(::testing::TempDir(), "/config_file_test");
  const std::string path = folder + "/deeper/config.yaml";
  EXPECT_EQ(*LoadConfig(path), Config());
  Config config;
  config.current = "no";
  config.contexts["no"] = {"[::1]:4700", "/a \"b\\\n", "/ü", ""};
  config.contexts["1e3"] = {};
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(SaveConfig(config, path).ok());
    EXPECT_EQ(*LoadConfig(path), config);
  }
  struct stat status = {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(ConfigFileTest, ItsPlaceFollowsTheEnvironment) {
  setenv("HOME", "/u/anna", 1);
  unsetenv("XDG_CONFIG_HOME");
  unsetenv("QUARTET_CONFIG");
  EXPECT_EQ(ConfigPath(), "/u/anna/.config/quartet/config.yaml");
  setenv("XDG_CONFIG_HOME", "/x", 1);
  EXPECT_EQ(ConfigPath(), "/x/quartet/config.yaml");
  setenv("QUARTET_CONFIG", "/mine.yaml", 1);
  EXPECT_EQ(ConfigPath(), "/mine.yaml");
}

}  // namespace
}  // namespace quartet::admin
