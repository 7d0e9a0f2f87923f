#include "nameserver/metrics/serve_metrics.h"

#include <map>
#include <string>

#include "gtest/gtest.h"

namespace quartet::nameserver {
namespace {

// "name{label}" → value.
std::map<std::string, double> Values(const ServeTotals& totals) {
  std::map<std::string, double> values;
  for (const transport::Metric& metric : ServeMetrics(totals)) {
    EXPECT_FALSE(metric.help.empty()) << metric.name;
    for (const transport::Metric::Sample& sample : metric.samples) {
      std::string key = metric.name;
      for (const auto& [label, value] : sample.labels) key += "{" + value + "}";
      EXPECT_TRUE(values.emplace(key, sample.value).second) << key;
    }
  }
  return values;
}

TEST(ServeMetricsTest, ShowsEachCountUnderItsName) {
  ServeTotals totals;
  totals.queries = 10;
  totals.responses[0] = 5;
  totals.responses[3] = 2;
  totals.responses[9] = 1;
  totals.ignored = 3;
  totals.send_drops = 4;
  totals.connections = 6;
  totals.shed = {7, 8, 9, 11, 12};
  std::map<std::string, double> values = Values(totals);
  EXPECT_EQ(values["quartet_queries_total"], 10);
  EXPECT_EQ(values["quartet_responses_total{NOERROR}"], 5);
  EXPECT_EQ(values["quartet_responses_total{NXDOMAIN}"], 2);
  EXPECT_EQ(values["quartet_responses_total{NOTAUTH}"], 1);
  EXPECT_EQ(values["quartet_dropped_total{not-a-query}"], 3);
  EXPECT_EQ(values["quartet_dropped_total{not-sent}"], 4);
  EXPECT_EQ(values["quartet_tcp_connections_total"], 6);
  EXPECT_EQ(values["quartet_tcp_connections_shed_total{idle}"], 7);
  EXPECT_EQ(values["quartet_tcp_connections_shed_total{room}"], 8);
  EXPECT_EQ(values["quartet_tcp_connections_shed_total{source}"], 9);
  EXPECT_EQ(values["quartet_tcp_connections_shed_total{descriptors}"], 11);
  EXPECT_EQ(values["quartet_tcp_connections_shed_total{memory}"], 12);
}

TEST(ServeMetricsTest, UsualCodesAreThereFromTheBeginning) {
  const std::map<std::string, double> values = Values({});
  for (const std::string code : {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}) {
    EXPECT_EQ(values.count("quartet_responses_total{" + code + "}"), 1u) << code;
  }
  EXPECT_EQ(values.count("quartet_responses_total{NOTAUTH}"), 0u);
}

}  // namespace
}  // namespace quartet::nameserver
