#include "nameserver/serve/parking.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "dns/base/check.h"
#include "nameserver/serve/udp_batch.h"
#include "nameserver/zone/rcu.h"

namespace quartet::nameserver {
namespace {

// As the loaders: hot zones go first.
constexpr int kNice = 10;
// How often those that wait are looked at for their age.
constexpr int kExpireMillis = 250;

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// There is one writer.
void Count(std::atomic<uint64_t>& counter, uint64_t n = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

void CopyDatagram(const Exchange& exchange, ParkedQuery& query) {
  const msghdr& message = *exchange.received;
  query.socket = exchange.socket;
  query.source_size = std::min<socklen_t>(message.msg_namelen, sizeof(query.source));
  std::memcpy(&query.source, message.msg_name, query.source_size);
  query.control_size = message.msg_control == nullptr ? 0 : message.msg_controllen;
  QUARTET_CHECK(query.control_size <= query.control.size());
  if (query.control_size > 0) std::memcpy(query.control.data(), message.msg_control, query.control_size);
}

}  // namespace

ParkingPlace::~ParkingPlace() { parking_.Leave(*this); }

bool ParkingPlace::Park(const Exchange& exchange) {
  ParkedQuery* query = ring_.Room();
  if (query == nullptr) {
    Count(no_room_);
    return false;
  }
  QUARTET_CHECK(exchange.query.size() <= ParkedQuery::kBytes);
  query->waker = exchange.waker;
  query->token = exchange.token;
  if (!query->is_stream()) CopyDatagram(exchange, *query);
  query->size = static_cast<uint16_t>(exchange.query.size());
  std::memcpy(query->bytes.data(), exchange.query.data(), exchange.query.size());
  ring_.Push();
  Count(parked_);
  parking_.Wake();
  return true;
}

Parking::Parking(const Directory& directory, Want want, ServerIdentity identity, const Limits& limits)
    : directory_(directory),
      want_(std::move(want)),
      identity_(std::move(identity)),
      datagram_{Transport::kUdp, UdpBatch::kAnswerBytes, &identity_},
      stream_{Transport::kTcp, UdpBatch::kAnswerBytes, &identity_},
      limits_(limits),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      pool_(limits.waiting),
      space_(kMaxTcpResponse) {
  QUARTET_CHECK(wake_.valid());
  for (size_t i = pool_.size(); i-- > 0;) Free(static_cast<uint32_t>(i));
  thread_ = std::thread([this] { Run(); });
  pthread_setname_np(thread_.native_handle(), "parking");
}

Parking::~Parking() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    QUARTET_CHECK(places_.empty());
    stop_ = true;
  }
  Wake();
  thread_.join();
}

std::unique_ptr<ParkingPlace> Parking::Join() {
  std::unique_ptr<ParkingPlace> place(new ParkingPlace(*this, limits_.per_worker));
  const std::lock_guard<std::mutex> lock(mutex_);
  places_.push_back(place.get());
  return place;
}

void Parking::Leave(ParkingPlace& place) {
  std::unique_lock<std::mutex> lock(mutex_);
  leaving_.push_back(&place);
  Wake();
  left_.wait(lock, [&] { return std::find(leaving_.begin(), leaving_.end(), &place) == leaving_.end(); });
  before_.parked += place.parked_.load(std::memory_order_relaxed);
  before_.no_room += place.no_room_.load(std::memory_order_relaxed);
}

void Parking::Settled(std::string zone_id, bool readable) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    settled_.push_back({std::move(zone_id), readable});
  }
  Wake();
}

ParkingTotals Parking::Totals() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  ParkingTotals totals = before_;
  for (const ParkingPlace* place : places_) {
    totals.parked += place->parked_.load(std::memory_order_relaxed);
    totals.no_room += place->no_room_.load(std::memory_order_relaxed);
  }
  totals.answered = answered_.load(std::memory_order_relaxed);
  totals.no_room += no_room_.load(std::memory_order_relaxed);
  totals.too_old = too_old_.load(std::memory_order_relaxed);
  totals.unreadable = unreadable_.load(std::memory_order_relaxed);
  totals.waiting = waiting_count_.load(std::memory_order_relaxed);
  return totals;
}

void Parking::Wake() {
  // What there is to do was stored before; Sleep looks for it after it stored that it sleeps.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!asleep_.load(std::memory_order_relaxed) || !asleep_.exchange(false)) return;
  eventfd_write(wake_.get(), 1);
}

bool Parking::AnythingToDo() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stop_ || !settled_.empty() || !leaving_.empty()) return true;
  return std::any_of(places_.begin(), places_.end(),
                     [](const ParkingPlace* place) { return place->ring_.Front() != nullptr; });
}

void Parking::Sleep(int millis) {
  asleep_.store(true);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!AnythingToDo()) {
    pollfd event = {.fd = wake_.get(), .events = POLLIN, .revents = 0};
    poll(&event, 1, millis);
  }
  asleep_.store(false);
  eventfd_t ignored;
  eventfd_read(wake_.get(), &ignored);
}

void Parking::Run() {
  // Of this thread alone (Linux); where it is not allowed, it runs as the others do.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  const RcuThread rcu;
  RcuThread::Offline();
  int64_t expire_us = 0;
  for (;;) {
    Sleep(waiting_.empty() ? -1 : kExpireMillis);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stop_) break;
    }
    TakeParked();
    TakeSettled();
    LetGo();
    if (NowMicros() >= expire_us) {
      Expire();
      expire_us = NowMicros() + kExpireMillis * 1000;
    }
    waiting_count_.store(pool_.size() - free_.size(), std::memory_order_relaxed);
  }
  RcuThread::Online();
}

void Parking::TakeParked() {
  std::vector<ParkingPlace*> places;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    places = places_;
  }
  const int64_t now = NowMicros();
  for (ParkingPlace* place : places) {
    // At most what the ring holds, so that all get their turn.
    for (size_t i = 0; i < limits_.per_worker; ++i) {
      const ParkedQuery* query = place->ring_.Front();
      if (query == nullptr) break;
      if (free_.empty()) {
        // Room is where somebody waited too long, or nowhere.
        if (query->is_stream()) query->waker->Wake(query->token, false);
        Count(no_room_);
        place->ring_.Pop();
        continue;
      }
      const uint32_t index = free_.back();
      free_.pop_back();
      pool_[index] = *query;
      place->ring_.Pop();
      pool_[index].place = place;
      pool_[index].since_us = now;
      pool_[index].parked = 0;
      Handle(index);
    }
  }
}

void Parking::Handle(uint32_t index) {
  ParkedQuery& query = pool_[index];
  const ZoneEntry* cold = nullptr;
  bool waits = false;
  RcuThread::Online();
  const size_t size = query.is_stream() ? Answer(query.query(), stream_, directory_, space_, &cold)
                                        : Answer(query.query(), datagram_, directory_,
                                                 std::span(space_).first(UdpBatch::kAnswerBytes), &cold);
  if (cold != nullptr) waits = Wait(index, *cold);
  RcuThread::Offline();
  if (waits) return;
  if (cold != nullptr) return Give(index, Drop::kNoRoom);
  // A stream's own thread answers, in the order in which its queries came.
  if (query.is_stream()) {
    query.waker->Wake(query.token, true);
  } else {
    Send(query, size);
  }
  Count(answered_);
  Free(index);
}

bool Parking::Wait(uint32_t index, const ZoneEntry& zone) {
  ParkedQuery& query = pool_[index];
  if (++query.parked > limits_.times) return false;
  auto found = waiting_.find(zone.id());
  if (found != waiting_.end()) {
    if (found->second.queries.size() >= limits_.per_zone) return false;
    found->second.queries.push_back(index);
    return true;
  }
  waiting_[std::string(zone.id())] = {query.since_us, {index}};
  want_(zone.id(), zone.apex());
  return true;
}

void Parking::Give(uint32_t index, Drop why) {
  const ParkedQuery& query = pool_[index];
  if (query.is_stream()) query.waker->Wake(query.token, false);
  Count(why == Drop::kNoRoom ? no_room_ : too_old_);
  Free(index);
}

void Parking::AnswerServFail(uint32_t index) {
  ParkedQuery& query = pool_[index];
  if (query.is_stream()) {
    query.waker->Wake(query.token, false);
  } else {
    RcuThread::Online();
    const size_t size =
        Answer(query.query(), datagram_, directory_, std::span(space_).first(UdpBatch::kAnswerBytes));
    RcuThread::Offline();
    Send(query, size);
  }
  Count(unreadable_);
  Free(index);
}

void Parking::TakeSettled() {
  std::vector<SettledZone> settled;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    settled.swap(settled_);
  }
  for (const SettledZone& zone : settled) Serve(zone);
}

void Parking::Serve(const SettledZone& zone) {
  const auto found = waiting_.find(zone.zone_id);
  if (found == waiting_.end()) return;
  const std::vector<uint32_t> queries = std::move(found->second.queries);
  waiting_.erase(found);
  for (const uint32_t index : queries) {
    if (zone.readable) {
      Handle(index);
    } else {
      AnswerServFail(index);
    }
  }
}

// What waits of places that leave is dropped, and so is what they have handed over.
void Parking::LetGo() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (leaving_.empty()) return;
  const auto leaves = [this](const ParkingPlace* place) {
    return std::find(leaving_.begin(), leaving_.end(), place) != leaving_.end();
  };
  for (auto& [zone_id, waiting] : waiting_) {
    std::erase_if(waiting.queries, [&](uint32_t index) {
      if (!leaves(pool_[index].place)) return false;
      Free(index);
      return true;
    });
  }
  std::erase_if(places_, leaves);
  leaving_.clear();
  left_.notify_all();
}

void Parking::Expire() {
  const int64_t begin = NowMicros() - limits_.longest_us;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    Waiting& waiting = at->second;
    std::erase_if(waiting.queries, [&](uint32_t index) {
      if (pool_[index].since_us > begin) return false;
      Give(index, Drop::kTooOld);
      return true;
    });
    // The load may have been given up by whoever did it; the next query asks for it again.
    if (waiting.queries.empty() && waiting.since_us <= begin) {
      waiting_.erase(at++);
    } else {
      ++at;
    }
  }
}

void Parking::Send(ParkedQuery& query, size_t size) {
  if (size == 0) return;
  iovec vector = {.iov_base = space_.data(), .iov_len = size};
  msghdr message = {};
  message.msg_name = &query.source;
  message.msg_namelen = query.source_size;
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  if (query.control_size > 0) {
    message.msg_control = query.control.data();
    message.msg_controllen = query.control_size;
    TurnAround(message);
  }
  sendmsg(query.socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace quartet::nameserver
