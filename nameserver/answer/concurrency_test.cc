// Readers answer while the writer changes zones: each answer is of one version.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "nameserver/answer/test_server.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

constexpr int kHosts = 600;

const dns::Name& Apex() {
  static const auto& apex = *new dns::Name(NameOf("zone.test."));
  return apex;
}

// Serial, preference of the MX and address of its host are all `version`; they lie on different pages.
std::string ZoneText(int version) {
  return absl::StrCat("@ SOA ns1 admin ", version, " 7200 900 1209600 300\n@ NS ns1\n@ MX ", version,
                      " zhost\nzhost A 192.0.2.", version, "\n");
}

std::map<std::string, std::string> Records(const std::string& text) {
  std::map<std::string, std::string> records;
  for (const dns::RecordSet& set : ReadZone(Apex(), absl::StrCat("$TTL 300\n", text))) {
    records[replication::RecordKey(set.owner(), Apex(), set.type())] = replication::EncodeServed(set, Apex());
  }
  return records;
}

std::string WholeZone() {
  std::string text = ZoneText(0);
  for (int i = 0; i < kHosts; ++i) absl::StrAppend(&text, "host", i, " A 192.0.2.1\n");
  return text;
}

// What an answer may be: of one version, or SERVFAIL or REFUSED where the zone comes and goes.
void CheckAnswer(const Directory& directory, const std::vector<uint8_t>& query, int* last) {
  std::vector<uint8_t> out(1232);
  out.resize(Answer(query, {}, directory, out));
  const Reply reply = ReadReply(std::move(out));
  if (reply.rcode == "SERVFAIL" || reply.rcode == "REFUSED") return;
  ASSERT_EQ(reply.message.answer.size(), 1u);
  ASSERT_EQ(reply.message.additional.size(), 1u);
  const int preference = reply.message.answer[0].data.wire()[1];
  EXPECT_EQ(preference, reply.message.additional[0].data.wire()[3]);
  if (last != nullptr) {
    EXPECT_GE(preference, *last);
    *last = preference;
  }
}

class Readers {
 public:
  Readers(const Directory& directory, bool in_order) {
    for (int i = 0; i < 2; ++i) {
      threads_.emplace_back([&directory, in_order, this] {
        RcuThread rcu;
        const std::vector<uint8_t> query = MakeQuery(Apex(), dns::Type::kMx);
        int last = 0;
        do {
          for (int n = 0; n < 20; ++n) CheckAnswer(directory, query, in_order ? &last : nullptr);
          RcuOffline blocked;
        } while (!stop_.load(std::memory_order_relaxed));
      });
    }
  }
  ~Readers() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

void Update(Directory* directory, int version) {
  const auto records = Records(ZoneText(version));
  std::vector<RecordUpdate> updates;
  updates.reserve(records.size());
  for (const auto& [key, value] : records) updates.push_back({key, absl::string_view(value)});
  QUARTET_CHECK(directory->Update("Z1", updates).ok());
  directory->Publish();
}

TEST(ConcurrencyTest, BatchesAreSeenWholeAndInOrder) {
  Directory directory;
  QUARTET_CHECK(
      directory.Install("Z1", BuildZone(Apex(), ReadZone(Apex(), absl::StrCat("$TTL 300\n", WholeZone()))))
          .ok());
  directory.Publish();
  Readers readers(directory, true);
  for (int version = 1; version < 250; ++version) Update(&directory, version);
}

TEST(ConcurrencyTest, ZonesComeAndGoUnderReaders) {
  Directory directory;
  {
    Readers readers(directory, false);
    for (int round = 0; round < 60; ++round) {
      QUARTET_CHECK(
          directory
              .Install("Z1", BuildZone(Apex(), ReadZone(Apex(), absl::StrCat("$TTL 300\n", ZoneText(round)))))
              .ok());
      // Neighbours, so that the table grows under the readers.
      for (int i = 0; i < 20; ++i) {
        QUARTET_CHECK(
            directory
                .Fail(absl::StrCat("N", round, "-", i), NameOf(absl::StrCat("n", round, "-", i, ".test.")))
                .ok());
      }
      directory.Publish();
      Update(&directory, round + 1);
      if (round % 3 == 0) QUARTET_CHECK(directory.Fail("Z1", Apex()).ok());
      if (round % 3 == 1) directory.Remove("Z1");
      directory.Publish();
    }
  }
  directory.DrainForTest();
}

}  // namespace
}  // namespace quartet::nameserver
