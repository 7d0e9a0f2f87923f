#include "replication/base/readiness.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace quartet::replication {
namespace {

TEST(Readiness, IsTroubledByNoAbsentListener) {
  unsetenv("NOTIFY_SOCKET");
  NotifyReady();
  setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
  NotifyReady();
}

TEST(Readiness, ReachesTheSocketNamedInTheEnvironment) {
  const std::string name = "quartet-readiness-test-" + std::to_string(getpid());
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  NotifyStatus("filling: 3 of 10 zones");
  NotifyReady();
  char buffer[100];
  ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  ASSERT_GT(got, 0);
  EXPECT_EQ(std::string(buffer, got), "STATUS=filling: 3 of 10 zones");
  got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  ASSERT_GT(got, 0);
  EXPECT_EQ(std::string(buffer, got), "READY=1");
  close(fd);
}

}  // namespace
}  // namespace quartet::replication
