// A thread that answers TCP (RFC 7766): many connections, many queries each, one epoll.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "nameserver/serve/counters.h"
#include "nameserver/serve/file_descriptor.h"
#include "nameserver/serve/responder.h"
#include "nameserver/serve/socket_address.h"
#include "nameserver/serve/tcp_connection.h"

namespace quartet::nameserver {

struct TcpLimits {
  // When it is reached, the connection longest without a whole query makes room for the next one.
  size_t connections = 1000;
  // From one IPv4 address or IPv6 /64; further ones are closed at once.
  size_t connections_per_source = 100;
  // Since the last whole query, or since the last answer left: bytes trickling in or out prolong nothing.
  int64_t idle_ms = 10'000;
  // The same while more than three quarters of the connections are taken.
  int64_t idle_under_pressure_ms = 2'000;
  // Of all connections, for queries that are not whole and answers that are not read. Beyond it, those that hold
  // some of it are closed, the one longest without a whole query first.
  size_t buffered_bytes = 64 << 20;
};

class TcpServer : public StreamWaker {
 public:
  // Begins to answer on `listeners` (listening, non-blocking) at once. UNAVAILABLE: the kernel has no
  // descriptors left.
  static absl::StatusOr<std::unique_ptr<TcpServer>> Start(std::vector<FileDescriptor> listeners,
                                                          const TcpLimits& limits,
                                                          ResponderFactory make_responder);
  // Stops first.
  ~TcpServer() override;

  // Closes all connections and listeners and ends the thread. Only one thread may call it.
  void Stop();

  const ServeCounters& counters() const { return counters_; }

 private:
  struct Client;
  using Clients = std::list<Client>;

  TcpServer(std::vector<FileDescriptor> listeners, const TcpLimits& limits, ResponderFactory make_responder);
  absl::Status Prepare();
  void Run();
  // Waits and handles what is ready; false: it was told to stop.
  bool Round(Responder& responder);
  int WaitMillis() const;
  int64_t IdleMillis() const;

  void AcceptFrom(int listener);
  // Takes the connection, or closes it for a limit.
  void Admit(FileDescriptor fd, const SocketAddress& source);
  void Shed(Clients::iterator client, ShedReason why);
  // Until their buffers are within the limit.
  void ShedHolders();
  void Expire();
  void WatchListeners(bool watch);

  // Any thread: a query of the connection with this token is to be asked again.
  void Wake(uint64_t token, bool may_park) override;
  void ResumeWoken(Responder& responder);

  void Serve(Client& client, bool readable, Responder& responder);
  // False: the connection is broken.
  bool Read(Client& client);
  // Answers and sends as far as it goes; false: broken, or done.
  bool Pump(Client& client, Responder& responder);
  bool SendUnsent(Client& client);
  void Watch(Client& client);
  void MarkActive(Client& client);
  void MeasureBuffers(Client& client);
  void Close(Clients::iterator client);

  const TcpLimits limits_;
  const ResponderFactory make_responder_;
  std::vector<FileDescriptor> listeners_;
  FileDescriptor epoll_;
  FileDescriptor stop_event_;
  FileDescriptor wake_event_;
  ServeCounters counters_;

  struct Woken {
    uint64_t token;
    bool may_park;
  };
  std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<Woken> woken_;

  // All below is the thread's.
  uint64_t last_token_ = 0;
  absl::flat_hash_map<uint64_t, Client*> by_token_;
  AnswerSpace space_;
  // Longest without activity first.
  Clients clients_;
  absl::flat_hash_map<SocketAddress::SourceKey, size_t> per_source_;
  // Invariant: the sum of Client::buffered.
  size_t buffered_ = 0;
  int64_t now_ms_ = 0;
  // Out of descriptors: no accepting before then; 0: accepting.
  int64_t accept_again_ms_ = 0;

  std::thread thread_;
};

}  // namespace quartet::nameserver
