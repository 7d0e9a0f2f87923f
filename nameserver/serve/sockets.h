// Opening the sockets of a name server: options, and errors that say what to do.
#pragma once

#include <chrono>
#include <vector>

#include "absl/status/statusor.h"
#include "nameserver/serve/file_descriptor.h"
#include "nameserver/serve/socket_address.h"

namespace quartet::nameserver {

// What is open for one listen address.
struct ListenSockets {
  // With the port the kernel chose, where 0 was asked for.
  SocketAddress address;
  // One per worker, in one SO_REUSEPORT group: the kernel spreads clients over them. Blocking.
  std::vector<FileDescriptor> udp;
  // Listening, non-blocking.
  FileDescriptor tcp;
};

// Opens UDP (`workers` times, at least 1) and TCP on `address`. Datagrams are never fragmented by us on the
// word of a forged path MTU (IP_PMTUDISC_OMIT); a wildcard address gets packet information, so that answers
// leave from the address that was asked. Errors name address and transport and say what to do:
// ALREADY_EXISTS: taken by another socket (of another process of the same user, too: SO_REUSEPORT would share
// it silently); PERMISSION_DENIED; NOT_FOUND: no such address on this host; UNAVAILABLE: the rest.
//
// `busy_poll`: reading UDP sockets that are empty, the kernel asks the network device for so long, with its interrupts
// left alone (SO_BUSY_POLL, SO_PREFER_BUSY_POLL). Where the device can't, or the process may not (CAP_NET_ADMIN), it doesn't.
absl::StatusOr<ListenSockets> OpenListenSockets(const SocketAddress& address, int workers,
                                                std::chrono::microseconds busy_poll = {});

}  // namespace quartet::nameserver
