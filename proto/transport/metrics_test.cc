#include "proto/transport/metrics.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace quartet::transport {
namespace {

std::vector<Metric> TwoMetrics() {
  return {{"quartet_responses_total",
           "Responses sent.",
           Metric::Kind::kCounter,
           {{{{"rcode", "NOERROR"}}, 3}, {{{"rcode", "REFUSED"}}, 1}}},
          {"quartet_zones", "Zones served.", Metric::Kind::kGauge, {{{}, 7}}}};
}

// All that comes back for a GET over a connection of its own.
std::string Get(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
  EXPECT_EQ(send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string answer;
  char part[4096];
  for (ssize_t size = 0; (size = recv(fd, part, sizeof part, 0)) > 0;)
    answer.append(part, static_cast<size_t>(size));
  close(fd);
  return answer;
}

TEST(MetricsServerTest, ShowsWhatIsCollected) {
  const auto server = MetricsServer::Start("127.0.0.1:0", TwoMetrics);
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string page = Get((*server)->port(), "/metrics");
  EXPECT_TRUE(absl::StrContains(page, "200 OK")) << page;
  EXPECT_TRUE(absl::StrContains(page, "# TYPE quartet_responses_total counter")) << page;
  EXPECT_TRUE(absl::StrContains(page, "quartet_responses_total{rcode=\"NOERROR\"} 3")) << page;
  EXPECT_TRUE(absl::StrContains(page, "quartet_responses_total{rcode=\"REFUSED\"} 1")) << page;
  EXPECT_TRUE(absl::StrContains(page, "quartet_zones 7")) << page;
  EXPECT_TRUE(absl::StrContains(Get((*server)->port(), "/other"), "404")) << page;
}

TEST(MetricsServerTest, SaysWhyItCannotListen) {
  const auto first = MetricsServer::Start("127.0.0.1:0", TwoMetrics);
  ASSERT_TRUE(first.ok());
  const std::string taken = "127.0.0.1:" + std::to_string((*first)->port());
  const auto second = MetricsServer::Start(taken, TwoMetrics);
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_TRUE(absl::StrContains(second.status().message(), taken)) << second.status();
  // Not everywhere, on a port alone.
  EXPECT_TRUE(absl::IsInvalidArgument(MetricsServer::Start("9153", TwoMetrics).status()));
  EXPECT_FALSE(MetricsServer::Start("no address:1", TwoMetrics).ok());
}

}  // namespace
}  // namespace quartet::transport
