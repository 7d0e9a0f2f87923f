// Tells whoever started this process how it is, by systemd's notification protocol (sd_notify): a datagram to
// the socket named in NOTIFY_SOCKET. Without that variable nothing happens. Thread-safe.
#pragma once

#include <string>

namespace quartet::replication {

// The process serves.
void NotifyReady();
// The process is about to end.
void NotifyStopping();
// One line for people: "filling: 3 of 10 zones".
void NotifyStatus(const std::string& status);

}  // namespace quartet::replication
