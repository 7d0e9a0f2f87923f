// Where queries wait whose zone is on disk only.
//
//   worker: Park --ring--> the parking's thread: a queue for each zone --want--> loaders … the directory's writer
//                          answers, or wakes the stream's thread <--------------------Settled--+
//
// A worker never waits: it copies the query into a ring of its own and goes on. All else is done by one thread of low
// priority. It answers a parked datagram itself, through the worker's socket; of a parked query that came over TCP it
// tells the thread that has the connection, which asks anew (a connection that was closed meanwhile is nobody's).
//
// Bounds: of a worker Limits::per_worker queries that were not taken yet, of a zone Limits::per_zone, of all
// Limits::waiting; none longer than Limits::longest_us. What is beyond them is dropped if it came as a datagram: the client
// asks again, after a time by which the zone is there, while a SERVFAIL would be remembered by resolvers (RFC 9520) and be
// sent to whoever's address a flood of forged queries bears. Over TCP nothing may be left out, so the answer is SERVFAIL.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "nameserver/answer/answer.h"
#include "nameserver/answer/identity.h"
#include "nameserver/serve/file_descriptor.h"
#include "nameserver/serve/parked_query.h"
#include "nameserver/zone/directory.h"

namespace quartet::nameserver {

// Sums since the start.
struct ParkingTotals {
  // Queries that were parked, and of these, answered from their zone (or by what the directory said by then).
  uint64_t parked = 0;
  uint64_t answered = 0;
  // Dropped, or SERVFAIL over TCP: a bound was reached; it took too long.
  uint64_t no_room = 0;
  uint64_t too_old = 0;
  // SERVFAIL, as the disk can't be read at present.
  uint64_t unreadable = 0;
  // Waiting now.
  uint64_t waiting = 0;
};

class Parking;

// One worker's. Made, used and destroyed by the worker, before it closes its sockets.
class ParkingPlace {
 public:
  // Afterwards nothing of this worker is waiting, and nobody uses its sockets or its StreamWaker any more.
  ~ParkingPlace();
  ParkingPlace(const ParkingPlace&) = delete;
  ParkingPlace& operator=(const ParkingPlace&) = delete;

  // False: there is no room. Precondition: the query is not longer than ParkedQuery::kBytes.
  bool Park(const Exchange& exchange);

 private:
  friend class Parking;
  ParkingPlace(Parking& parking, size_t size) : parking_(parking), ring_(size) {}

  Parking& parking_;
  ParkedRing ring_;
  // Written by the worker only.
  std::atomic<uint64_t> parked_ = 0;
  std::atomic<uint64_t> no_room_ = 0;
};

// Thread-safe.
class Parking {
 public:
  struct Limits {
    // A power of two.
    size_t per_worker = 256;
    size_t per_zone = 16;
    size_t waiting = 2048;
    int64_t longest_us = 2'000'000;
    // How often a query may be parked: its zone may leave memory before it is answered.
    int times = 3;
  };
  // Asks for a zone to be loaded; Settled must follow. Called in the parking's thread; must not wait.
  using Want = std::function<void(absl::string_view zone_id, std::span<const uint8_t> apex)>;

  // `identity`: as the workers have it.
  Parking(const Directory& directory, Want want, ServerIdentity identity, const Limits& limits);
  Parking(const Directory& directory, Want want, ServerIdentity identity = {})
      : Parking(directory, std::move(want), std::move(identity), Limits()) {}
  // Precondition: no place is left. What waits is dropped.
  ~Parking();

  std::unique_ptr<ParkingPlace> Join();

  // The zone is not cold any more, or is gone; or, `readable` being false, it could not be loaded now and stays cold:
  // those who wait for it get SERVFAIL.
  void Settled(std::string zone_id, bool readable);

  ParkingTotals Totals() const;

 private:
  friend class ParkingPlace;
  struct Waiting {
    int64_t since_us = 0;
    std::vector<uint32_t> queries;
  };
  struct SettledZone {
    std::string zone_id;
    bool readable;
  };
  enum class Drop { kNoRoom, kTooOld };

  void Leave(ParkingPlace& place);
  // Any thread: there is something to do.
  void Wake();

  void Run();
  // Until there is something to do; at most `millis`, -1: for ever.
  void Sleep(int millis);
  bool AnythingToDo();
  void TakeParked();
  void TakeSettled();
  void LetGo();
  void Expire();

  // Answers pool_[index], or has it wait, or drops it.
  void Handle(uint32_t index);
  void HandleStream(uint32_t index);
  // False: the zone (whose entry this is) can't have it wait.
  bool Wait(uint32_t index, const ZoneEntry& zone);
  void Serve(const SettledZone& zone);
  void AnswerServFail(uint32_t index);
  void Give(uint32_t index, Drop why);
  void Send(ParkedQuery& query, size_t size);
  void Free(uint32_t index) { free_.push_back(index); }

  const Directory& directory_;
  const Want want_;
  const ServerIdentity identity_;
  const Context datagram_;
  const Context stream_;
  const Limits limits_;
  const FileDescriptor wake_;
  // The thread sleeps, and is to be woken.
  std::atomic<bool> asleep_ = false;

  mutable std::mutex mutex_;
  std::condition_variable left_;
  // Guarded by mutex_.
  std::vector<ParkingPlace*> places_;
  std::vector<ParkingPlace*> leaving_;
  std::vector<SettledZone> settled_;
  // Of places that are gone.
  ParkingTotals before_;
  bool stop_ = false;

  // Written by the thread only.
  std::atomic<uint64_t> answered_ = 0;
  std::atomic<uint64_t> no_room_ = 0;
  std::atomic<uint64_t> too_old_ = 0;
  std::atomic<uint64_t> unreadable_ = 0;
  std::atomic<uint64_t> waiting_count_ = 0;

  // The thread's own.
  std::vector<ParkedQuery> pool_;
  std::vector<uint32_t> free_;
  // By zone id.
  absl::flat_hash_map<std::string, Waiting> waiting_;
  std::vector<uint8_t> space_;

  // Last: it uses all of the above.
  std::thread thread_;
};

}  // namespace quartet::nameserver
