// Brings what a replica stores into what is answered: from record sets on disk to pages in the directory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "nameserver/replica/big_zones.h"
#include "nameserver/replica/cold_loads.h"
#include "nameserver/zone/directory.h"
#include "replication/digest/digest.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// A zone that should be served and can't be; it answers SERVFAIL.
struct UnloadableZone {
  std::string zone_id;
  std::string reason;
};

// A zone that is to be served anew, and is still being built: what was served before it is served on.
struct LoadingZone {
  std::string zone_id;
  // 0: SERVFAIL.
  uint64_t served_revision;
};

// What it takes for zones to be in memory only if they are asked for.
struct Residency {
  ColdLoads* loads = nullptr;
  // A zone that was wanted is served from memory, or fails, or is gone; `readable` is false: it could not be read now.
  // Called once that is published.
  std::function<void(const std::string& zone_id, bool readable)> settled;
  // False: all zones are to be in memory, but for those that are still on their way there after a start.
  bool on_demand = true;
};

// The directory's only writer. Not thread-safe. Store and directory must outlive it.
//
// With `loads`, zones are in memory only if they were asked for: one that comes, or changes, and is not in memory is changed
// on disk only, and what ColdLoads reads is installed if it is what the store has by then, else read again. Zones of
// kGiantRecordSets are asked for at once. Without `loads`, or not on demand, a zone that comes is put into memory.
//
// Small zones are built as their update comes. With `built`, large ones (BigZones::kRecordSets) are built by
// a thread of low priority, meanwhile the version before answers, and with it everything the zone is asked.
// The most it takes beside what is served: the tree being built, BigZones::kKeptBytes, and until all readers
// have moved on, the tree it takes the place of.
class ZoneInstaller {
 public:
  using DigestKeys = std::map<uint32_t, std::string>;

  // From how many record sets on a zone is loaded as soon as it is there: it takes some 16 MiB.
  static constexpr uint64_t kGiantRecordSets = 400'000;

  // `built` is called in another thread when InstallBuilt has something to do. Without it all zones are built
  // as they come.
  ZoneInstaller(const store::Store& store, Directory& directory, std::function<void()> built = nullptr,
                Residency residency = {});

  struct Installed {
    std::vector<UnloadableZone> unloadable;
    std::vector<LoadingZone> loading;
  };
  // kBesides: large zones may be built beside; kAtOnce: all are built now.
  enum class Building { kAtOnce, kBesides };
  // Installs updates in order and publishes: on return every later datagram is answered from them, but for
  // the zones that are loading. A zone whose record sets on disk are damaged, or don't add up to the digest
  // they must have, is unloadable; the others are installed all the same. The store must be as the updates
  // leave it.
  // `batch`: the write that they came with, where they name puts of it.
  Installed Install(const std::vector<replication::ZoneUpdate>& updates, const DigestKeys& keys,
                    Building building = Building::kAtOnce, const store::Batch* batch = nullptr);

  // Forgets, and publishes so, all zones that none of these updates is of, but for those that are kept (KeepServed).
  void KeepOnly(const std::vector<replication::ZoneUpdate>& zones);

  // What InstallBuilt came to.
  struct Built {
    std::string zone_id;
    // Empty: every later datagram is answered from the zone as all updates so far left it. Else it answers
    // SERVFAIL, and why.
    std::string unloadable;
  };
  // Installs the zone that is built, if any, and has the next one built.
  std::optional<Built> InstallBuilt(const DigestKeys& keys);
  // Zones to be built.
  std::vector<LoadingZone> Loading() const;

  // Installs what was read of zones that were asked for. Returns those that can't be loaded: they answer SERVFAIL.
  // The store must be as all updates so far left it.
  std::vector<UnloadableZone> InstallLoaded(const DigestKeys& keys);
  // What is stored of the zone is damaged. True: what is in memory is right, and stays there until an update brings the
  // zone anew. False: it is not in memory, and answers SERVFAIL.
  bool KeepInMemory(const std::string& zone_id);
  // The zone is on disk, and not in the directory yet, or is to be in memory.
  void NoteStored(const replication::ZoneUpdate& zone);

  // The store was made anew, empty. What is served stays served, each zone until an update brings or removes it: that one
  // is still to be fetched, or could not be, makes no zone fail that is kept. Nothing is built any more of what was stored.
  void KeepServed();
  // Of the zones that are kept, removes those that `mine` does not say yes to.
  void RemoveKept(const std::function<bool(const std::string& zone_id)>& mine);

  // Zones in the directory, cold ones included, and those of them that answer SERVFAIL (still to be fetched, or unloadable).
  size_t zone_count() const { return directory_.zone_count(); }
  size_t failing_count() const { return directory_.failing_count(); }

 private:
  // What the updates of one Install share.
  struct Round {
    const DigestKeys& keys;
    Building building;
    const store::Batch* batch;
    std::vector<LoadingZone>& loading;
  };
  absl::Status Apply(const replication::ZoneUpdate& update, const Round& round);
  absl::Status LoadBesides(const replication::ZoneUpdate& update, std::vector<LoadingZone>& loading);
  // An apex that another zone has is that zone's: then this one has no name to fail under.
  void Fail(const std::string& zone_id, const dns::Name& apex);
  absl::Status Load(const replication::ZoneUpdate& update, const Round& round);
  absl::StatusOr<ZoneBuilder> Build(const replication::ZoneUpdate& update, const Round& round);
  absl::Status Change(const replication::ZoneUpdate& update);
  absl::StatusOr<replication::Hasher*> HasherFor(uint32_t key_id, const DigestKeys& keys);
  absl::Status LeaveOnDisk(const replication::ZoneUpdate& update);
  void TakeLoaded(ColdLoads::Loaded loaded, std::vector<UnloadableZone>& unloadable);
  absl::Status InstallOne(ColdLoads::Loaded loaded);
  // It is not to be built any more.
  void DropBig(const std::string& zone_id);
  void PublishAndSettle();

  const store::Store& store_;
  Directory& directory_;
  const Residency residency_;
  // Zones of the directory that are served as a store that is gone had them: what is in memory of them, or nothing.
  absl::flat_hash_set<std::string> kept_;
  struct SettledZone {
    std::string zone_id;
    bool readable;
  };
  // To be said once it is published.
  std::vector<SettledZone> settled_;
  std::map<uint32_t, replication::Hasher> hashers_;
  // Null: none may be built beside.
  std::unique_ptr<BigZones> big_;
};

}  // namespace quartet::nameserver
