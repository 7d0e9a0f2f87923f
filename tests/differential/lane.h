// One server's queue of queries over one transport: a window of them is under way.
#pragma once

#include <poll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/differential/exchange.h"

namespace quartet::differential {

// What UDP and TCP have in common. Not thread-safe. Ids are places in the queue, modulo 2^16.
class Lane {
 public:
  // `out` has a place for every sending; all must outlive the lane.
  Lane(const Server& server, const std::vector<Sending>& sendings, std::vector<Bytes>& out)
      : server_(server), sendings_(sendings), out_(out) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  virtual ~Lane();

  void Push(size_t sending) { queue_.push_back(sending); }
  bool done() const { return first_open_ == queue_.size(); }

  // False: no socket can be had.
  virtual bool Open() = 0;
  // What to wait for.
  virtual pollfd Interest() const = 0;
  // Sends and receives as far as that goes without waiting. False: no socket can be had.
  virtual bool Work(int64_t now_ms) = 0;

 protected:
  static constexpr int kAttempts = 3;

  struct Open_ {
    bool under_way = false;
    bool answered = false;
    int attempts = 0;
    int64_t sent_ms = 0;
  };

  int Connect(int type) const;
  // The query at place `place` of the queue, with its id.
  Bytes Query(size_t place) const;
  // Takes an answer if its id is of one that is open.
  void Take(const uint8_t* message, size_t size);
  // Nothing will come for this one any more. After some in a row nothing will come at all: the rest is given up too.
  void GiveUp(size_t place);

  const Server& server_;
  const std::vector<Sending>& sendings_;
  std::vector<Bytes>& out_;
  std::vector<size_t> queue_;
  std::vector<Open_> states_;
  // All before it are settled; all from next_ on were not sent yet.
  size_t first_open_ = 0;
  size_t next_ = 0;
  size_t open_ = 0;
  // Given up since the last answer.
  int silent_ = 0;
  int fd_ = -1;

 private:
  void Settle(size_t place);
};

class UdpLane : public Lane {
 public:
  using Lane::Lane;
  bool Open() override;
  pollfd Interest() const override { return {fd_, POLLIN, 0}; }
  bool Work(int64_t now_ms) override;

 private:
  void Receive();
  void Send(size_t place, int64_t now_ms);
  void SendAgain(int64_t now_ms);
};

class TcpLane : public Lane {
 public:
  using Lane::Lane;
  bool Open() override;
  pollfd Interest() const override;
  bool Work(int64_t now_ms) override;

 private:
  // False: the connection ended.
  bool Receive();
  bool Flush();
  void Fill(int64_t now_ms);
  bool Reconnect();

  Bytes unsent_;
  Bytes received_;
};

}  // namespace quartet::differential
