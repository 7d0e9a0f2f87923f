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
#include "nameserver/replica/stored_names.h"
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
// store by Reopen. If the store itself is done for, Reopen has it renewed. One that comes back empty is a new
// incarnation, which is filled from the controller as any other, and acknowledges nothing before it is complete; what was
// served is served meanwhile.
class Replica {
 public:
  using Request = quartet::replication::v1::SubscribeRequest;
  using Response = quartet::replication::v1::SubscribeResponse;

  // How a store came back: with what it held, or empty.
  enum class Renewed { kSame, kEmpty };

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
    // Makes a store that failed with `why` (a damaged one, or one that takes no write any more) one that can be read and
    // written, if that can be done now; nothing of it may be held. Without it a failed store is only read again.
    std::function<absl::StatusOr<Renewed>(const absl::Status& why)> renew = nullptr;
    // With loads, zones are in memory only if they are asked for (docs/residency.md).
    Residency residency = {};
    // Bytes that the zones' names, the table of what is stored of each, and pages may take together; 0: any. Needs residency.
    size_t memory_budget = 0;
  };

  // Reads the replica and installs all zones it holds; a zone that can't be loaded answers SERVFAIL, is
  // logged, and will be fetched anew. Errors: as Subscriber::Open.
  //
  // With residency only the names are read, if it was complete: queries can be answered at once, zones be loaded
  // (InstallLoaded), and Start is to be called before anything else.
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
  // Serves the zones that were loaded as they were asked for.
  void InstallLoaded();
  // What to send now, once the sockets that Applied asks for are open or closed. Precondition: Apply
  // succeeded.
  std::vector<Request> Acknowledge() { return subscriber_->Done(); }
  Request SocketsClosed() { return subscriber_->SocketsClosed(); }

  // The store was found to be damaged otherwise than by Apply: Reopen is to follow.
  void StoreFailed(const absl::Status& why) { store_failure_ = why; }

  // See Subscriber. Apply is to follow.
  bool Damaged(const std::string& zone_id, uint64_t generation, const std::string& reason);
  quartet::replication::v1::Health Health() const;

  // Names are read, and nothing else: Start is to be called.
  bool opening() const { return subscriber_ == nullptr; }
  // What takes long of opening it: reads what is stored of each zone. Any thread, beside all else.
  using Machine = absl::StatusOr<std::unique_ptr<replication::Subscriber>>;
  static Machine ReadMachine(const Parts& parts) {
    return replication::Subscriber::Open(parts.store, parts.clock, parts.random, parts.options);
  }
  // Goes on with what ReadMachine came to, nothing having been written since. Errors: as Reopen.
  absl::Status Start(Machine machine);
  // The machine as the store has it; what is served stays as it is. No stream may be open. Errors: the store can't be
  // used; to be called again.
  absl::Status Reopen();

  // Its store was made anew and is not complete yet; what it held before is served from memory.
  bool refilling() const { return refilling_; }
  bool complete() const { return opening() || subscriber_->complete(); }
  bool drained() const { return opening() ? names_.drained : subscriber_->drained(); }
  std::optional<int64_t> MicrosSinceSpan() const { return subscriber_->MicrosSinceSpan(); }
  replication::Position cursor() const { return opening() ? names_.cursor : subscriber_->cursor(); }
  size_t zone_count() const { return installer_.zone_count(); }
  size_t failing_count() const { return installer_.failing_count(); }

 private:
  explicit Replica(const Parts& parts)
      : parts_(parts), installer_(parts.store, parts.directory, parts.built, parts.residency) {}

  // `batch`: as ZoneInstaller::Install.
  void Install(const std::vector<replication::ZoneUpdate>& updates, ZoneInstaller::Building building,
               const store::Batch* batch);
  void NoteUnloadable(UnloadableZone zone);
  absl::Status OpenAll();
  const std::map<uint32_t, std::string>& digest_keys() const {
    return opening() ? names_.digest_keys : subscriber_->digest_keys();
  }
  void TakeMachine(std::unique_ptr<replication::Subscriber> machine);
  // What is stored may have changed since the names were read.
  void NoteStored();
  // Where all zones are to be in memory: the next ones, a few at a time.
  void PreloadSome();
  // What of the memory budget is left to pages.
  void FitBudget();
  absl::Status RenewStore();
  absl::StatusOr<std::unique_ptr<replication::Subscriber>> OpenSubscriber();
  // While the store is filled anew: is it, and which zones are still this node's?
  void FollowRefill();

  Parts parts_;
  ZoneInstaller installer_;
  // What was read first; meaningless once subscriber_ is there.
  StoredNames names_;
  std::unique_ptr<replication::Subscriber> subscriber_;
  // How far PreloadSome has come among the names; empty: there is nothing to do.
  std::string preloaded_;
  // Zones that can't be served as stored, and why; until an update brings them anew.
  std::map<std::string, std::string> unloadable_;
  // What the store failed with, until it is usable again.
  absl::Status store_failure_;
  bool refilling_ = false;
  // While refilling_: zones that are not this node's any more are let go of.
  bool inventory_known_ = false;
  // The cursor when the machine was made.
  replication::Position opened_at_;
};

}  // namespace quartet::nameserver
