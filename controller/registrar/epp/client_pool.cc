#include "controller/registrar/epp/client_pool.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::controller::epp {
namespace {

constexpr std::chrono::milliseconds kFirstPause(100);
constexpr std::chrono::milliseconds kLongestPause(60'000);

}  // namespace

ClientPool::ClientPool(Options options, replication::Random& random)
    : options_(std::move(options)), random_(random) {}

ClientPool::~ClientPool() {
  for (const std::unique_ptr<Client>& client : idle_) client->LogOut();
}

absl::StatusOr<Response> ClientPool::Run(const Command& command) {
  absl::StatusOr<std::unique_ptr<Client>> client = Take();
  if (!client.ok()) return client.status();
  absl::StatusOr<Response> response = (*client)->Run(command);
  Put(*std::move(client));
  return response;
}

void ClientPool::KeepAlive() {
  std::vector<std::unique_ptr<Client>> idle;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle.swap(idle_);
    busy_ += idle.size();
  }
  for (std::unique_ptr<Client>& client : idle) {
    client->KeepAlive();
    Put(std::move(client));
  }
}

absl::StatusOr<std::unique_ptr<Client>> ClientPool::Take() {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.patience;
  std::unique_lock<std::mutex> lock(mutex_);
  const auto may_go_on = [&] { return !idle_.empty() || busy_ < options_.sessions; };
  if (!freed_.wait_until(lock, deadline, may_go_on)) {
    return absl::UnavailableError(absl::StrCat("all ", options_.sessions, " sessions with ",
                                               options_.endpoint.host, " are busy; more can be configured"));
  }
  ++busy_;
  if (!idle_.empty()) {
    std::unique_ptr<Client> client = std::move(idle_.back());
    idle_.pop_back();
    return client;
  }
  if (std::chrono::steady_clock::now() < not_before_) {
    --busy_;
    freed_.notify_one();
    return last_failure_;
  }
  lock.unlock();
  absl::StatusOr<std::unique_ptr<Client>> client = Connect();
  lock.lock();
  if (client.ok()) {
    pause_ = std::chrono::milliseconds(0);
    return client;
  }
  --busy_;
  freed_.notify_one();
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  not_before_ = std::chrono::steady_clock::now() + pause_;
  last_failure_ = client.status();
  return client;
}

void ClientPool::Put(std::unique_ptr<Client> client) {
  const std::lock_guard<std::mutex> lock(mutex_);
  --busy_;
  if (!client->ended()) idle_.push_back(std::move(client));
  freed_.notify_one();
}

absl::StatusOr<std::unique_ptr<Client>> ClientPool::Connect() {
  Session::Options session = options_.session;
  // RFC 5730 §2.5: unique for ever, over restarts too.
  session.trid_prefix = absl::StrCat("Q-", absl::Hex(random_.Next(), absl::kZeroPad16));
  return Client::Connect(options_.endpoint, session);
}

}  // namespace quartet::controller::epp
