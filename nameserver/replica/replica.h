// A node's replica in action: the feed's machine, the store it writes to, and the directory it answers from,
// moved together.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nameserver/replica/zone_installer.h"
#include "nameserver/zone/directory.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Not thread-safe: one thread owns it.
//
//   Open -> Connected -> (Receive … -> Apply)* -> Disconnected -> Connected …
//
// When Apply fails the store has not taken the batch and nothing of it is visible: what was answered before
// is answered still. The machine has then promised more than the disk holds, so it is made anew from the
// store by Reopen.
class Replica {
 public:
  using Request = quartet::replication::v1::SubscribeRequest;
  using Response = quartet::replication::v1::SubscribeResponse;

  // All must outlive it. `random` is used for the incarnation of an empty replica.
  struct Parts {
    store::Store& store;
    Directory& directory;
    replication::Clock& clock;
    replication::Random& random;
    replication::Subscriber::Options options;
    // Called in another thread when InstallBuilt has something to do. Without it all zones are loaded in the
    // thread that owns the replica; with it, large ones that come while others are answered are not.
    std::function<void()> built = nullptr;
  };

  // Reads the replica and installs all zones it holds; a zone that can't be loaded answers SERVFAIL, is
  // logged, and will be fetched anew. Errors: as Subscriber::Open.
  static absl::StatusOr<std::unique_ptr<Replica>> Open(const Parts& parts);

  // A stream is open; returns what to send first. Call Apply next: it says what is served.
  Request Connected() { return subscriber_->Connected(); }
  // Not OK: end the stream.
  absl::Status Receive(Response message) { return subscriber_->Receive(std::move(message)); }
  void Disconnected() { subscriber_->Disconnected(); }

  // What one round of writing and installing came to.
  struct Applied {
    // The store has taken something.
    bool written = false;
    // All sockets are to be closed before the acknowledgement.
    bool drain = false;
    // Not all that was received is written: Apply again.
    bool more = false;
    // See Subscriber::Ready.
    std::vector<quartet::replication::v1::Inquiry> inquiries;
    bool forget_inquiries = false;
  };
  // Writes what was received (synced where that is needed) and makes it visible. Errors: the store's; call
  // Reopen before anything else.
  absl::StatusOr<Applied> Apply();
  // Serves the zone that was built beside, if any; Apply is to follow, which acknowledges it.
  void InstallBuilt();
  // What to send now, once the sockets that Applied asks for are open or closed. Precondition: Apply
  // succeeded.
  std::vector<Request> Acknowledge() { return subscriber_->Done(); }
  Request SocketsClosed() { return subscriber_->SocketsClosed(); }

  // See Subscriber. Apply is to follow.
  bool Damaged(const std::string& zone_id, uint64_t generation, const std::string& reason) {
    return subscriber_->Damaged(zone_id, generation, reason);
  }
  quartet::replication::v1::Health Health() const { return subscriber_->Health(); }

  // The machine as the store has it; what is served stays as it is. No stream may be open.
  absl::Status Reopen();

  bool complete() const { return subscriber_->complete(); }
  bool drained() const { return subscriber_->drained(); }
  std::optional<int64_t> MicrosSinceSpan() const { return subscriber_->MicrosSinceSpan(); }
  replication::Position cursor() const { return subscriber_->cursor(); }
  size_t zone_count() const { return installer_.zone_count(); }
  size_t failing_count() const { return installer_.failing_count(); }

 private:
  explicit Replica(const Parts& parts)
      : parts_(parts), installer_(parts.store, parts.directory, parts.built) {}

  // `batch`: as ZoneInstaller::Install.
  void Install(const std::vector<replication::ZoneUpdate>& updates, ZoneInstaller::Building building,
               const store::Batch* batch);
  void NoteUnloadable(UnloadableZone zone);

  Parts parts_;
  ZoneInstaller installer_;
  std::unique_ptr<replication::Subscriber> subscriber_;
  // Zones that can't be served as stored, and why; until an update brings them anew.
  std::map<std::string, std::string> unloadable_;
};

}  // namespace quartet::nameserver
