// Zones that come and go, from the disk to the answer over real sockets, while they change.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nameserver/node/address_query.h"
#include "nameserver/node/disk_zones.h"
#include "nameserver/replica/cold_loads.h"
#include "nameserver/replica/zone_fixture.h"
#include "nameserver/replica/zone_installer.h"
#include "nameserver/serve/directory_responder.h"
#include "nameserver/serve/parking.h"
#include "nameserver/serve/server.h"
#include "nameserver/serve/test_client.h"
#include "replication/replica/node_meta.h"
#include "replication/store/memory_store.h"

namespace quartet::nameserver {
namespace {

constexpr uint32_t kChanges = 200;
constexpr int kZones = 6;

std::string ZoneId(int i) { return absl::StrCat("Z", 1'000'000'000'000 + i); }
std::string ApexText(int i) { return absl::StrCat("z", i, ".test."); }

// Each zone is changed by one thread, which is the directory's writer, while others ask: an answer is never older than
// what had been published when it was asked for (INSYNC says just that), whether the zone is in memory, on its way there or
// has just left.
class ResidencyTest : public testing::Test {
 protected:
  ResidencyTest()
      : loads_(store_,
               [this] {
                 const std::lock_guard<std::mutex> lock(mutex_);
                 read_ = true;
                 wake_.notify_all();
               }),
        parking_(directory_,
                 [this](absl::string_view id, std::span<const uint8_t> apex) { loads_.Want(id, apex); }),
        installer_(store_, directory_, nullptr,
                   Residency{&loads_, [this](const std::string& id, bool readable) {
                               parking_.Settled(id, readable);
                             }}) {}

  void SetUp() override {
    for (int i = 0; i < kZones; ++i) {
      const dns::Name apex = TestName(ApexText(i));
      zones_.push_back(StoreTestZone(store_, ZoneId(i), apex, 1, MakeTestZone(apex, {"www 300 A 0.0.0.1"})));
      StoreTestRows(store_, zones_.back());
      published_[i] = 1;
    }
    installer_.Install(zones_, keys_);
    absl::StatusOr<std::unique_ptr<Server>> server =
        Server::Open({.listen = {*SocketAddress::Parse("127.0.0.1:0")}, .workers = 2},
                     AnswerFrom(directory_, {}, &parking_));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  void InstallRead() {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (!read_) wake_.wait_for(lock, std::chrono::milliseconds(1));
      read_ = false;
    }
    EXPECT_TRUE(installer_.InstallLoaded(keys_).empty());
  }

  void Write() {
    for (uint32_t number = 2; number <= kChanges; ++number) {
      for (int i = 0; i < kZones; ++i) {
        const std::string record = absl::StrCat("www 300 A 0.0.", number >> 8, ".", number & 255);
        installer_.Install({StoreTestChange(store_, zones_[static_cast<size_t>(i)], record)}, keys_);
        published_[i].store(number);
        InstallRead();
        // Now and then all leave.
        directory_.set_page_budget((number + static_cast<uint32_t>(i)) % 3 == 0 ? 1 : 0);
        directory_.Publish();
        directory_.set_page_budget(0);
      }
    }
    written_ = true;
    while (asking_ > 0) InstallRead();
  }

  void Ask(int type, int first) {
    FileDescriptor client = ConnectTo(server_->addresses()[0], type);
    // Zones leave as fast as they come here: some queries are dropped.
    const timeval soon = {.tv_sec = 0, .tv_usec = 200'000};
    if (type == SOCK_DGRAM) setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
    for (int i = first; !written_; i = (i + 1) % kZones) {
      const std::string message = AddressQuery(TestName("www." + ApexText(i)));
      const uint32_t least = published_[i].load();
      EXPECT_TRUE(SendAll(client, type == SOCK_STREAM ? Framed(message) : message));
      const std::string answer = ReceiveSome(client);
      if (type == SOCK_DGRAM && answer.empty()) {
        // What comes late is of another question.
        client = ConnectTo(server_->addresses()[0], type);
        setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
        continue;
      }
      // No room, or parked too often, over TCP: the test is about what is answered.
      if (type == SOCK_STREAM && answer.size() > 5 && (answer[5] & 15) == 2) continue;
      EXPECT_GE(Address(answer), least) << "an answer of the past";
      ++answers_;
    }
    --asking_;
  }

  const ZoneInstaller::DigestKeys keys_ = {{kTestKeyId, kTestKey}};
  store::MemoryStore store_;
  Directory directory_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool read_ = false;
  ColdLoads loads_;
  Parking parking_;
  ZoneInstaller installer_;
  std::vector<replication::ZoneUpdate> zones_;
  std::atomic<uint32_t> published_[kZones] = {};
  std::atomic<bool> written_ = false;
  std::atomic<int> asking_ = 0;
  std::atomic<int> answers_ = 0;
  std::unique_ptr<Server> server_;
};

TEST_F(ResidencyTest, NoAnswerIsOlderThanWhatWasPublished) {
  std::vector<std::thread> clients;
  for (const int type : {SOCK_DGRAM, SOCK_DGRAM, SOCK_STREAM}) {
    ++asking_;
    clients.emplace_back([this, type, first = static_cast<int>(clients.size())] { Ask(type, first); });
  }
  Write();
  for (std::thread& client : clients) client.join();
  EXPECT_GT(answers_, 0);
  EXPECT_GT(loads_.loads(), size_t{kZones});
  EXPECT_GT(directory_.evictions(), 0u);
  server_->Close();
}

// A store that nobody changes.
TEST(DiskZonesTest, ZonesAreLoadedAsTheyAreAskedFor) {
  store::MemoryStore store;
  store::Batch batch;
  store::Overlay out(store, batch);
  replication::NodeMeta meta;
  meta.incarnation = std::string(replication::NodeMeta::kIncarnationBytes, 'i');
  replication::PutIncarnation(out, meta);
  Directory directory;
  ASSERT_TRUE(store.Write(batch, store::Store::Sync::kYes).ok());
  EXPECT_EQ(DiskZones::Open(store, directory, 0).status().code(), absl::StatusCode::kFailedPrecondition);
  meta.cursor = replication::Position{5, 7, {}};
  replication::PutCursor(out, meta);
  replication::PutComplete(out);
  ASSERT_TRUE(store.Write(batch, store::Store::Sync::kYes).ok());
  for (int i = 0; i < 100; ++i) {
    const dns::Name apex = TestName(ApexText(i));
    StoreTestRows(store, StoreTestZone(store, ZoneId(i), apex, 1,
                                       MakeTestZone(apex, {absl::StrCat("www 300 A 0.0.0.", i + 1)})));
  }
  const absl::StatusOr<std::unique_ptr<DiskZones>> zones = DiskZones::Open(store, directory, 30'000);
  ASSERT_TRUE(zones.ok()) << zones.status();
  const absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Open({.listen = {*SocketAddress::Parse("127.0.0.1:0")}, .workers = 1},
                   AnswerFrom(directory, {}, &(*zones)->parking()));
  ASSERT_TRUE(server.ok()) << server.status();
  const FileDescriptor client = ConnectTo((*server)->addresses()[0], SOCK_DGRAM);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(SendAll(client, AddressQuery(TestName("www." + ApexText(i)))));
      ASSERT_EQ(Address(ReceiveSome(client)), static_cast<uint32_t>(i + 1));
    }
  }
  // The budget is too small for all.
  EXPECT_GT((*zones)->loads(), 100u);
}

}  // namespace
}  // namespace quartet::nameserver
