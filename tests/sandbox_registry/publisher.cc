#include "tests/sandbox_registry/publisher.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/name/name.h"
#include "tests/sandbox_registry/published_zone.h"

namespace quartet::sandbox {
namespace {

// So that publishing takes a tenth of its thread's time.
constexpr int kPausesPerPass = 9;

absl::StatusOr<std::unique_ptr<ZoneServer>> OpenServer(const std::string& apex, const std::string& address,
                                                       uint16_t port) {
  const absl::StatusOr<dns::Name> name = dns::Name::Parse(apex, dns::Name());
  if (!name.ok()) return name.status();
  const auto listen = nameserver::SocketAddress::Parse(absl::StrCat(address, ":", port));
  if (!listen.ok()) return listen.status();
  return ZoneServer::Open(*name, *listen);
}

}  // namespace

Publisher::Publisher(Registry& registry, const Options& options) : registry_(registry), options_(options) {}

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Open(Registry& registry, const Options& options) {
  std::unique_ptr<Publisher> publisher(new Publisher(registry, options));
  absl::StatusOr<std::unique_ptr<ZoneServer>> root = OpenServer(".", options.root, options.port);
  if (!root.ok()) return root.status();
  publisher->root_ = *std::move(root);
  publisher->root_->Publish(RootZone(options.root, options.tlds, 1));
  for (const auto& [tld, address] : options.tlds) {
    publisher->changed_.insert(tld);
    if (options.elsewhere.contains(tld)) continue;
    absl::StatusOr<std::unique_ptr<ZoneServer>> server = OpenServer(tld + ".", address, options.port);
    if (!server.ok()) return server.status();
    publisher->servers_[tld] = *std::move(server);
  }
  registry.set_on_changed([publisher = publisher.get()](const std::string& tld) { publisher->Changed(tld); });
  publisher->thread_ = std::thread([publisher = publisher.get()] { publisher->Run(); });
  publisher->Settle();
  return publisher;
}

Publisher::~Publisher() {
  registry_.set_on_changed(nullptr);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  moved_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Publisher::Changed(const std::string& tld) {
  if (!options_.tlds.contains(tld)) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    changed_.insert(tld);
  }
  moved_.notify_all();
}

void Publisher::Settle() {
  std::unique_lock<std::mutex> lock(mutex_);
  moved_.wait(lock, [&] { return stopping_ || (changed_.empty() && !busy_); });
}

void Publisher::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    moved_.wait(lock, [&] { return stopping_ || !changed_.empty(); });
    if (stopping_) return;
    const std::string tld = *changed_.begin();
    changed_.erase(changed_.begin());
    busy_ = true;
    lock.unlock();
    const auto start = std::chrono::steady_clock::now();
    Publish(tld);
    const auto took = std::chrono::steady_clock::now() - start;
    lock.lock();
    busy_ = false;
    moved_.notify_all();
    // A zone is made whole each time: with many domains, and many that come, one pass takes in all that came meanwhile.
    moved_.wait_for(lock, kPausesPerPass * took, [&] { return stopping_; });
  }
}

void Publisher::Publish(const std::string& tld) {
  const std::vector<dns::RecordSet> zone = TldZone(registry_, tld, options_.tlds.at(tld), ++serial_);
  const auto elsewhere = options_.elsewhere.find(tld);
  if (elsewhere != options_.elsewhere.end()) return elsewhere->second(ZoneText(zone));
  servers_.at(tld)->Publish(zone);
}

}  // namespace quartet::sandbox
