#include "dns/message/message.h"

#include <gtest/gtest.h>

namespace quartet::dns {
namespace {

TEST(MessageTest, CodesHaveTheNamesOfTheRegistry) {
  EXPECT_EQ(OpcodeName(Opcode::kQuery), "QUERY");
  EXPECT_EQ(OpcodeName(Opcode::kUpdate), "UPDATE");
  EXPECT_EQ(OpcodeName(static_cast<Opcode>(7)), "OPCODE7");
  EXPECT_EQ(RcodeName(Rcode::kNoError), "NOERROR");
  EXPECT_EQ(RcodeName(Rcode::kNxDomain), "NXDOMAIN");
  EXPECT_EQ(RcodeName(Rcode::kBadVers), "BADVERS");
  EXPECT_EQ(RcodeName(static_cast<Rcode>(77)), "RCODE77");
}

}  // namespace
}  // namespace quartet::dns
