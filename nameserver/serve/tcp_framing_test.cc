#include "nameserver/serve/tcp_framing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace quartet::nameserver {
namespace {

std::string Frame(size_t size, char fill) {
  std::string frame = {static_cast<char>(size >> 8), static_cast<char>(size)};
  return frame + std::string(size, fill);
}

// Feeds `stream` in pieces of at most `piece` bytes, taking whole messages out as the server does.
std::vector<std::string> Messages(TcpFraming& framing, const std::string& stream, size_t piece) {
  std::vector<std::string> messages;
  for (size_t at = 0; at < stream.size();) {
    const std::span<uint8_t> room = framing.Room();
    EXPECT_FALSE(room.empty());
    const size_t n = std::min({piece, room.size(), stream.size() - at});
    std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), n, room.begin());
    framing.Received(n);
    at += n;
    while (const auto message = framing.Next()) messages.emplace_back(message->begin(), message->end());
  }
  return messages;
}

TEST(TcpFramingTest, FindsMessagesHoweverTheStreamIsCut) {
  const std::string stream =
      Frame(12, 'a') + Frame(0, ' ') + Frame(300, 'b') + Frame(5000, 'c') + Frame(1, 'd');
  const std::vector<std::string> expected = {std::string(12, 'a'), "", std::string(300, 'b'),
                                             std::string(5000, 'c'), "d"};
  for (size_t piece : {1, 2, 3, 7, 13, 299, 2047, 2048, 2049, 100000}) {
    TcpFraming framing;
    EXPECT_EQ(Messages(framing, stream, piece), expected) << "pieces of " << piece;
    EXPECT_FALSE(framing.partial());
  }
}

TEST(TcpFramingTest, TakesTheLongestMessageThereIs) {
  TcpFraming framing;
  const std::vector<std::string> messages = Messages(framing, Frame(65535, 'x') + Frame(2, 'y'), 1460);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0], std::string(65535, 'x'));
  EXPECT_EQ(messages[1], "yy");
}

TEST(TcpFramingTest, GivesTheRoomOfALongMessageBack) {
  TcpFraming framing;
  Messages(framing, Frame(65535, 'x'), 100000);
  EXPECT_EQ(framing.Room().size(), TcpFraming::kKeptBytes);
}

TEST(TcpFramingTest, AMessageNotYetWholeIsNone) {
  TcpFraming framing;
  EXPECT_TRUE(Messages(framing, Frame(20, 'a').substr(0, 21), 1).empty());
  EXPECT_TRUE(framing.partial());
}

// Two octets can promise 64 KiB, to each of thousands of connections.
TEST(TcpFramingTest, MemoryGrowsWithWhatCameNotWithWhatIsPromised) {
  TcpFraming framing;
  const std::string stream = Frame(65535, 'x');
  size_t at = 0;
  while (at < stream.size()) {
    const std::span<uint8_t> room = framing.Room();
    EXPECT_LE(framing.capacity(), std::max(2 * at, TcpFraming::kKeptBytes));
    ASSERT_FALSE(room.empty());
    const size_t n = std::min(room.size(), stream.size() - at);
    std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), n, room.begin());
    framing.Received(n);
    at += n;
  }
  EXPECT_EQ(framing.Next()->size(), 65535u);
  framing.Room();
  EXPECT_EQ(framing.capacity(), TcpFraming::kKeptBytes);
}

}  // namespace
}  // namespace quartet::nameserver
