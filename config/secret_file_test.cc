#include "config/secret_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace quartet::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string PathWith(const std::string& text, mode_t mode = 0600) {
  static int files = 0;
  const std::string path = absl::StrCat(::testing::TempDir(), "/secret-", ++files);
  std::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), mode);
  return path;
}

TEST(SecretFileTest, IsItsOneLine) {
  EXPECT_EQ(*ReadSecretFile(PathWith("hush")), "hush");
  EXPECT_EQ(*ReadSecretFile(PathWith("hush hush\n")), "hush hush");
  EXPECT_EQ(*ReadSecretFile(PathWith("hush\r\n", 0400)), "hush");
}

TEST(SecretFileTest, RefusesWhatOthersCanRead) {
  for (const mode_t mode : {0640, 0604, 0660, 0644}) {
    const std::string path = PathWith("hush\n", mode);
    const auto secret = ReadSecretFile(path);
    EXPECT_EQ(secret.status().code(), absl::StatusCode::kPermissionDenied) << mode;
    EXPECT_THAT(std::string(secret.status().message()), HasSubstr("chmod 600 " + path));
  }
}

TEST(SecretFileTest, RefusesMoreOrLessThanALine) {
  for (const std::string& text : {std::string(), std::string("\n"), std::string("hush\nhush\n"),
                                  std::string("hu\0sh", 5), std::string(5000, 'x')}) {
    const auto secret = ReadSecretFile(PathWith(text));
    EXPECT_EQ(secret.status().code(), absl::StatusCode::kInvalidArgument) << text.size();
    EXPECT_THAT(std::string(secret.status().message()), Not(HasSubstr("hush")));
  }
}

TEST(SecretFileTest, SaysWhichFileIsNotThere) {
  const auto secret = ReadSecretFile("/nowhere/secret");
  EXPECT_EQ(secret.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(secret.status().message(), "/nowhere/secret can't be read: No such file or directory");
  EXPECT_EQ(ReadSecretFile(::testing::TempDir()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(SecretFileTest, IsNotHeldUpByAPipe) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(ReadSecretFile(path).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace quartet::config
