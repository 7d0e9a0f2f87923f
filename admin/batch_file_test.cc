#include "admin/batch_file.h"

#include "gtest/gtest.h"

namespace quartet::admin {
namespace {

using v1::RecordSetChange;

TEST(BatchFileTest, LinesOfOneRecordSetAreOneChange) {
  const BatchFile batch = ParseBatch(
      "# www moves\n"
      "upsert www 300 A 192.0.2.1\n"
      "\tUPSERT  WWW 300 a  192.0.2.2 \r\n"
      "\n"
      "create @ 3600 MX 10 mail\n"
      "delete old A\n"
      "delete note 60 TXT \"two words\"\n",
      "b.txt");
  EXPECT_TRUE(batch.faults.empty());
  ASSERT_EQ(batch.changes.size(), 4);
  const v1::RecordSet& www = batch.changes[0].record_set();
  EXPECT_EQ(batch.changes[0].action(), RecordSetChange::ACTION_UPSERT);
  EXPECT_EQ(www.owner() + " " + www.type(), "www A");
  EXPECT_EQ(www.ttl(), 300u);
  ASSERT_EQ(www.values_size(), 2);
  EXPECT_EQ(www.values(1), "192.0.2.2");
  EXPECT_EQ(batch.changes[1].record_set().values(0), "10 mail");
  EXPECT_EQ(batch.changes[2].action(), RecordSetChange::ACTION_DELETE);
  EXPECT_EQ(batch.changes[2].record_set().values_size(), 0);
  EXPECT_EQ(batch.changes[3].record_set().values(0), "\"two words\"");
  EXPECT_EQ(batch.lines, (std::vector<uint32_t>{2, 5, 6, 7}));
}

TEST(BatchFileTest, EachLineThatCannotBeReadIsAFault) {
  const BatchFile batch = ParseBatch(
      "remove www A\n"
      "create www A 192.0.2.1\n"
      "create www 300 A\n"
      "create www\n"
      "upsert a 300 A 192.0.2.1\n"
      "create a 300 A 192.0.2.2\n"
      "upsert a 60 A 192.0.2.2\n"
      "delete b A\n"
      "delete b A\n",
      "b.txt");
  std::string places;
  for (const v1::Fault& fault : batch.faults) {
    EXPECT_EQ(fault.file(), "b.txt");
    EXPECT_FALSE(fault.message().empty());
    places += std::to_string(fault.line()) + " ";
  }
  EXPECT_EQ(places, "1 2 3 4 6 7 9 ");
}

TEST(BatchFileTest, AFaultFindsItsLine) {
  const BatchFile batch =
      ParseBatch("upsert www 300 A 192.0.2.1\nupsert @ 300 MX 10 x\nupsert www 300 TXT x\n", "b.txt");
  const auto line = [&](const std::string& owner, const std::string& type) {
    v1::Fault fault;
    fault.set_owner(owner);
    fault.set_type(type);
    LocateFault(batch, "b.txt", "example.com.", fault);
    return fault.line();
  };
  EXPECT_EQ(line("www", "A"), 1u);
  EXPECT_EQ(line("www.example.com.", "A"), 1u);
  EXPECT_EQ(line("www.example.com.", "TXT"), 3u);
  EXPECT_EQ(line("example.com.", "MX"), 2u);
  EXPECT_EQ(line("www.example.com.", ""), 1u);
  EXPECT_EQ(line("other.example.com.", "A"), 0u);
}

}  // namespace
}  // namespace quartet::admin
