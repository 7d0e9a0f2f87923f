#include "nameserver/serve/tcp_connection.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <algorithm>
#include <string>

#include "nameserver/serve/test_responder.h"

namespace quartet::nameserver {
namespace {

// A query with an id; its answer is to have `answer_size` octets (at least 12).
std::string Query(uint8_t id, size_t answer_size = 12) {
  std::string frame(14, '\0');
  frame[1] = 12;
  frame[3] = static_cast<char>(id);
  frame[12] = static_cast<char>(answer_size >> 8);
  frame[13] = static_cast<char>(answer_size);
  return frame;
}

class TcpConnectionTest : public testing::Test {
 protected:
  void Give(const std::string& bytes) {
    const std::span<uint8_t> room = connection_.Room();
    ASSERT_GE(room.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    connection_.Received(bytes.size());
  }
  std::string Answer() {
    const std::span<const uint8_t> bytes = connection_.Answer(responder_, space_, counters_);
    return {bytes.begin(), bytes.end()};
  }
  ServeTotals Totals() const {
    ServeTotals totals;
    counters_.AddTo(totals);
    return totals;
  }

  sockaddr_in source_ = {};
  EchoResponder responder_;
  AnswerSpace space_;
  ServeCounters counters_;
  TcpConnection connection_{reinterpret_cast<sockaddr*>(&source_)};
};

TEST_F(TcpConnectionTest, AnswersPipelinedQueriesInOneGoAndInOrder) {
  Give(Query(1) + Query(2) + Query(3).substr(0, 5));
  std::string answers = Answer();
  ASSERT_EQ(answers.size(), 28u);
  EXPECT_EQ(answers[3], 1);
  EXPECT_EQ(answers[17], 2);
  EXPECT_EQ(answers[4] & 0x80, 0x80);
  EXPECT_EQ(Answer(), "");
  Give(Query(3).substr(5));
  EXPECT_EQ(Answer()[3], 3);
  EXPECT_EQ(Totals().queries, 3u);
  EXPECT_EQ(Totals().responses[0], 3u);
}

TEST_F(TcpConnectionTest, LargeAnswersComeInSeveralGoesThatFitTheSpace) {
  std::string queries;
  for (uint8_t id = 1; id <= 5; ++id) queries += Query(id, 65535);
  Give(queries);
  for (uint8_t id = 1; id <= 5; ++id) {
    const std::string answer = Answer();
    ASSERT_EQ(answer.size(), 65537u);
    EXPECT_EQ(answer[3], id);
  }
  EXPECT_EQ(Answer(), "");
}

TEST_F(TcpConnectionTest, ReadsNothingMoreWhileAnswersWait) {
  EXPECT_TRUE(connection_.wants_read());
  Give(Query(1));
  const std::string answer = Answer();
  connection_.Keep(std::span(reinterpret_cast<const uint8_t*>(answer.data()), answer.size()));
  EXPECT_FALSE(connection_.wants_read());
  connection_.Sent(10);
  EXPECT_TRUE(connection_.has_unsent());
  EXPECT_EQ(connection_.unsent().size(), 4u);
  connection_.Sent(4);
  EXPECT_TRUE(connection_.wants_read());
}

TEST_F(TcpConnectionTest, AnswersWhatCameBeforeTheClientEndedItsSide) {
  Give(Query(1) + Query(2).substr(0, 3));
  connection_.PeerFinished();
  EXPECT_FALSE(connection_.wants_read());
  EXPECT_EQ(Answer().size(), 14u);
  EXPECT_EQ(Answer(), "");
  EXPECT_TRUE(connection_.done());
}

TEST_F(TcpConnectionTest, EndsAfterBytesThatAreNoMessage) {
  Give(Query(1) + std::string("\0\0", 2) + Query(2));
  EXPECT_EQ(Answer().size(), 14u) << "what came before them is answered";
  EXPECT_EQ(Answer(), "") << "nothing behind them is";
  EXPECT_TRUE(connection_.done());
  EXPECT_EQ(Totals().ignored, 1u);
}

}  // namespace
}  // namespace quartet::nameserver
