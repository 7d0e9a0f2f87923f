// What was published is in the answer to every query sent afterwards (invariants 2 and 3), over UDP and TCP,
// while several clients keep the workers busy.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nameserver/node/address_query.h"
#include "nameserver/replica/zone_fixture.h"
#include "nameserver/replica/zone_installer.h"
#include "nameserver/serve/directory_responder.h"
#include "nameserver/serve/server.h"
#include "nameserver/serve/test_client.h"
#include "replication/store/memory_store.h"

namespace quartet::nameserver {
namespace {

constexpr char kZone[] = "Z0000000000001";
constexpr uint32_t kChanges = 1000;

class VisibilityTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        Install(StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {"first 300 A 0.0.0.1"}))));
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Open(
        {.listen = {*SocketAddress::Parse("127.0.0.1:0")}, .workers = 2}, AnswerFrom(directory_));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  bool Install(const replication::ZoneUpdate& update) {
    return installer_.Install({update}, {{kTestKeyId, kTestKey}}).unloadable.empty();
  }

  // www becomes `number` as an address, and is seen by everybody when this returns.
  void Publish(uint32_t number) {
    const TestRecord record =
        MakeTestRecord(apex_, absl::StrCat("www 300 A 0.0.", number >> 8, ".", number & 255));
    replication::ZoneUpdate change;
    change.kind = replication::ZoneUpdate::Kind::kRecords;
    change.zone_id = kZone;
    change.apex = apex_;
    change.records = {{record.key, record.served}};
    ASSERT_TRUE(Install(change));
    published_.store(number);
  }

  // Asks until all is published; each answer must be as new as what was published before it was asked for.
  void Ask(int type) {
    const FileDescriptor client = ConnectTo(server_->addresses()[0], type);
    const std::string message = AddressQuery(TestName("www.example.com."));
    const std::string query = type == SOCK_STREAM ? Framed(message) : message;
    while (published_.load() < kChanges) {
      const uint32_t least = published_.load();
      ASSERT_TRUE(SendAll(client, query));
      const uint32_t seen = Address(ReceiveSome(client));
      ASSERT_GE(seen, least) << "an answer of the past";
    }
  }

  const dns::Name apex_ = TestName("example.com.");
  store::MemoryStore store_;
  Directory directory_;
  ZoneInstaller installer_{store_, directory_};
  std::atomic<uint32_t> published_ = 0;
  std::unique_ptr<Server> server_;
};

TEST_F(VisibilityTest, EveryLaterQuerySeesWhatWasPublished) {
  Publish(1);
  std::vector<std::thread> clients;
  for (const int type : {SOCK_DGRAM, SOCK_DGRAM, SOCK_STREAM})
    clients.emplace_back([this, type] { Ask(type); });
  const FileDescriptor witness = ConnectTo(server_->addresses()[0], SOCK_DGRAM);
  const std::string query = AddressQuery(TestName("www.example.com."));
  for (uint32_t number = 2; number <= kChanges; ++number) {
    Publish(number);
    EXPECT_TRUE(SendAll(witness, query));
    EXPECT_EQ(Address(ReceiveSome(witness)), number);
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(server_->Totals().ignored, 0u);
}

}  // namespace
}  // namespace quartet::nameserver
