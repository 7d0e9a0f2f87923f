// Keeps the zones of a registry published: a root, and each TLD on an address of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "dns/record_set/record_set.h"
#include "tests/sandbox_registry/registry.h"
#include "tests/sandbox_registry/zone_server.h"

namespace quartet::sandbox {

// Its thread makes a TLD's zone anew once something in it has changed: all that changed meanwhile at once. Thread-safe.
class Publisher {
 public:
  struct Options {
    // IPv4 addresses of the root's server and of the TLDs' servers, on `port`.
    std::string root;
    std::map<std::string, std::string> tlds;
    uint16_t port = 53;
    // TLDs that another name server answers for: it is handed the zone, as a master file's text.
    std::map<std::string, std::function<void(const std::string& text)>> elsewhere;
  };

  // Takes the registry's on_changed. The registry must outlive it.
  static absl::StatusOr<std::unique_ptr<Publisher>> Open(Registry& registry, const Options& options);
  ~Publisher();

  // Returns once all that had changed before is published.
  void Settle();

 private:
  Publisher(Registry& registry, const Options& options);
  void Changed(const std::string& tld);
  void Run();
  void Publish(const std::string& tld);

  Registry& registry_;
  const Options options_;
  std::unique_ptr<ZoneServer> root_;
  std::map<std::string, std::unique_ptr<ZoneServer>> servers_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::set<std::string> changed_;
  // A zone is being made.
  bool busy_ = false;
  bool stopping_ = false;
  uint32_t serial_ = 1;
  std::thread thread_;
};

}  // namespace quartet::sandbox
