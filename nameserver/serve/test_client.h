// Sockets of clients, for tests. Reads end after ten seconds, so that a test fails and does not hang.
#pragma once

#include <sys/socket.h>
#include <sys/time.h>

#include <cstdint>
#include <string>

#include "nameserver/serve/file_descriptor.h"
#include "nameserver/serve/socket_address.h"

namespace quartet::nameserver {

inline FileDescriptor ConnectTo(const SocketAddress& server, int type, const SocketAddress* from = nullptr) {
  FileDescriptor fd(socket(server.family(), type | SOCK_CLOEXEC, 0));
  const timeval limit = {.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  if (from != nullptr && bind(fd.get(), from->get(), from->size()) != 0) return FileDescriptor();
  if (connect(fd.get(), server.get(), server.size()) != 0) return FileDescriptor();
  return fd;
}

// A header of a query with this id; 12 octets and `more` zeros.
inline std::string QueryBytes(uint16_t id, size_t more = 0) {
  std::string query(12 + more, '\0');
  query[0] = static_cast<char>(id >> 8);
  query[1] = static_cast<char>(id);
  return query;
}

// The same behind its length, for TCP.
inline std::string Framed(const std::string& message) {
  return std::string{static_cast<char>(message.size() >> 8), static_cast<char>(message.size())} + message;
}

inline bool SendAll(const FileDescriptor& fd, const std::string& bytes) {
  return send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

// The next datagram, or what a stream has; empty: the end, or nothing within the limit.
inline std::string ReceiveSome(const FileDescriptor& fd, int flags = 0) {
  std::string bytes(65536, '\0');
  const ssize_t n = recv(fd.get(), bytes.data(), bytes.size(), flags);
  bytes.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return bytes;
}

// `size` octets of a stream, or what came before it ended.
inline std::string ReceiveExactly(const FileDescriptor& fd, size_t size) {
  std::string bytes(size, '\0');
  const ssize_t n = recv(fd.get(), bytes.data(), size, MSG_WAITALL);
  bytes.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return bytes;
}

}  // namespace quartet::nameserver
