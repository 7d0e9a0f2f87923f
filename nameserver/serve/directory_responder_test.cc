#include "nameserver/serve/directory_responder.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "nameserver/answer/test_server.h"

namespace quartet::nameserver {
namespace {

// The answer to `query`, by a responder in a thread of its own.
Reply AnswerOf(const ResponderFactory& make, const std::vector<uint8_t>& query, Transport transport) {
  std::vector<uint8_t> space(transport == Transport::kUdp ? 1232 : kMaxTcpResponse);
  Exchange exchange = {.query = query, .space = space, .source = nullptr, .answer_size = 0};
  std::thread([&] {
    const std::unique_ptr<Responder> responder = make();
    if (transport == Transport::kUdp) {
      responder->AnswerDatagrams({&exchange, 1});
    } else {
      responder->AnswerStream(exchange);
    }
  }).join();
  space.resize(exchange.answer_size);
  return ReadReply(space);
}

TEST(DirectoryResponderTest, TellsItsIdentityOverUdpAndTcp) {
  const Directory directory;
  ResponderFactory make;
  {
    const ServerIdentity identity = {"ns-1-a", "the server", "1"};
    make = AnswerFrom(directory, identity);
  }
  const Ask ask = {Transport::kUdp, EdnsWith({{3, {}}}), dns::Class::kChaos};
  const std::vector<uint8_t> query = MakeQuery(NameOf("id.server."), dns::Type::kTxt, ask);
  for (const Transport transport : {Transport::kUdp, Transport::kTcp}) {
    const Reply reply = AnswerOf(make, query, transport);
    ASSERT_EQ(reply.answer.size(), 1u);
    EXPECT_EQ(reply.answer[0], "id.server. 0 TXT \"the server\"");
    ASSERT_EQ(reply.edns->options.size(), 1u);
    EXPECT_EQ(reply.edns->options[0].data.size(), 6u);
  }
}

TEST(DirectoryResponderTest, WithoutOneItTellsNothing) {
  const Directory directory;
  const Ask ask = {Transport::kUdp, std::nullopt, dns::Class::kChaos};
  const std::vector<uint8_t> query = MakeQuery(NameOf("id.server."), dns::Type::kTxt, ask);
  EXPECT_EQ(AnswerOf(AnswerFrom(directory), query, Transport::kUdp).rcode, "REFUSED");
}

}  // namespace
}  // namespace quartet::nameserver
