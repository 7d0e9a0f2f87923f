#include "controller/creation/creation_stream.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/memory_controller.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

v1::CreateZoneRequest Request(const std::string& name,
                              const std::string& text = "$TTL 60\nwww A 192.0.2.1\n") {
  v1::CreateZoneRequest request;
  request.set_domain_name(name);
  request.set_zone_file(text);
  request.set_request_id(name);
  return request;
}

// Gives requests as they are asked for, and takes answers as it is let.
class Peer : public CreationPeer {
 public:
  explicit Peer(std::vector<v1::CreateZoneRequest> requests) : requests_(std::move(requests)) {}

  bool Read(v1::CreateZoneRequest* request) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (next_ == requests_.size()) return false;
    *request = requests_[next_++];
    moved_.notify_all();
    return true;
  }
  bool Write(const v1::CreateZonesResponse& response) override {
    std::unique_lock<std::mutex> lock(mutex_);
    moved_.wait(lock, [&] { return takes_; });
    if (responses.size() == leaves_after) return false;
    responses.push_back(response);
    return true;
  }

  // Until so many requests were taken.
  void AwaitTaken(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    moved_.wait(lock, [&] { return next_ >= count; });
  }
  size_t taken() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return next_;
  }
  void set_takes(bool takes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    takes_ = takes;
    moved_.notify_all();
  }

  std::vector<v1::CreateZonesResponse> responses;
  size_t leaves_after = SIZE_MAX;

 private:
  const std::vector<v1::CreateZoneRequest> requests_;
  std::mutex mutex_;
  std::condition_variable moved_;
  size_t next_ = 0;
  bool takes_ = true;
};

class CreationStreamTest : public ::testing::Test {
 protected:
  void Create(Peer& peer, const CreationLimits& limits = {}) {
    CreateZones(MemoryController::kAdmin, controller_->host(), peer, limits);
  }

  bool Exists(const std::string& name) {
    v1::GetZoneRequest request;
    request.set_name("zones/" + name);
    return controller_->GetZone(request).ok();
  }

  MemoryController controller_;
};

TEST_F(CreationStreamTest, EachIsAnsweredInItsPlaceWhateverBecameOfOthers) {
  Peer peer({Request("one.test"), Request("bad..test"), Request("faulty.test", "$TTL 60\nwww A nonsense\n"),
             Request("two.test"), Request("cname.test", "$TTL 60\n@ CNAME x\n"), Request("three.test")});
  Create(peer);
  ASSERT_EQ(peer.responses.size(), 6u);
  std::vector<std::string> made;
  std::vector<uint64_t> refused;
  for (const v1::CreateZonesResponse& response : peer.responses) {
    EXPECT_EQ(response.number(), static_cast<uint64_t>(&response - peer.responses.data()) + 1);
    if (response.has_created()) made.push_back(response.created().zone().domain_name());
    if (response.has_refused()) refused.push_back(response.number());
  }
  EXPECT_EQ(made, (std::vector<std::string>{"one.test.", "two.test.", "three.test."}));
  EXPECT_EQ(refused, (std::vector<uint64_t>{2, 3, 5}));
  EXPECT_EQ(peer.responses[2].refused().code(), 3);
  EXPECT_EQ(peer.responses[2].refused().faults().faults(0).line(), 2u);
  EXPECT_EQ(peer.responses[4].refused().faults().faults(0).rule(), "cname-at-apex");
  EXPECT_EQ(peer.responses[0].created().zone().nameservers_size(), 4);
  EXPECT_EQ(peer.responses[0].created().change().state(), v1::Change::STATE_PENDING);
  EXPECT_FALSE(Exists("faulty.test"));
}

TEST_F(CreationStreamTest, ManyAreMade) {
  std::vector<v1::CreateZoneRequest> requests;
  requests.reserve(2000);
  for (int i = 0; i < 2000; ++i) requests.push_back(Request(absl::StrCat("z", i, ".test")));
  Peer peer(requests);
  Create(peer);
  ASSERT_EQ(peer.responses.size(), 2000u);
  std::set<std::string> names;
  for (const v1::CreateZonesResponse& response : peer.responses)
    names.insert(response.created().zone().domain_name());
  EXPECT_EQ(names.size(), 2000u);
}

TEST_F(CreationStreamTest, TheSameRequestsAgainMakeNothing) {
  const std::vector<v1::CreateZoneRequest> requests{Request("a.test"), Request("b.test")};
  Peer first(requests);
  Create(first);
  Peer again(requests);
  Create(again);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again.responses[i].created().zone().name(), first.responses[i].created().zone().name());
  }
}

TEST_F(CreationStreamTest, AClientThatTakesNoAnswersIsHeldBack) {
  std::vector<v1::CreateZoneRequest> requests;
  requests.reserve(40);
  for (int i = 0; i < 40; ++i) requests.push_back(Request(absl::StrCat("z", i, ".test")));
  for (const CreationLimits limits : {CreationLimits{8, 1 << 20}, CreationLimits{100, 300}}) {
    Peer peer(requests);
    peer.set_takes(false);
    std::thread call([&] { Create(peer, limits); });
    peer.AwaitTaken(5);
    // One more than there is room for has been read, and waits.
    EXPECT_LE(peer.taken(), 9u);
    peer.set_takes(true);
    call.join();
    EXPECT_EQ(peer.responses.size(), 40u);
  }
}

TEST_F(CreationStreamTest, AClientThatGoesLeavesWhatWasUnderWayMade) {
  std::vector<v1::CreateZoneRequest> requests;
  requests.reserve(40);
  for (int i = 0; i < 40; ++i) requests.push_back(Request(absl::StrCat("z", i, ".test")));
  Peer peer(requests);
  peer.leaves_after = 3;
  Create(peer);
  EXPECT_EQ(peer.responses.size(), 3u);
  EXPECT_TRUE(Exists("z39.test"));
}

}  // namespace
}  // namespace quartet::controller
