// The answer engine: query bytes in, response bytes out, over the zones of a directory.
//
//   parse -> locate -> answer -> authority -> additional -> finish (EDNS, truncation, header)
//
// RFC 1034 §4.3.2 with RFC 2181, 2308, 4592, 6604, 6672, 6891, 8020 and 8482; docs/answers.md has it case by
// case. No lock, no allocation, no disk, no system call: all it touches is the query, the output, its own stack
// and the directory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nameserver/answer/identity.h"
#include "nameserver/zone/directory.h"

namespace quartet::nameserver {

enum class Transport : uint8_t { kUdp, kTcp };

// Where a query came from and what a response may be.
struct Context {
  Transport transport = Transport::kUdp;
  // The largest UDP payload this server sends, and announces in its OPT record (RFC 6891 §6.2.5). At least
  // 512.
  uint16_t max_udp_payload = 1232;
  // What the server tells of itself; nullptr: nothing. Must outlive the call.
  const ServerIdentity* identity = nullptr;
};

// Bytes `out` should have for any response over TCP. Over UDP max_udp_payload suffices.
inline constexpr size_t kMaxTcpResponse = 65535;
inline constexpr size_t kMinResponseBuffer = 512;

// Writes the response to `query` (one DNS message; over TCP without its length prefix) and returns its size;
// 0: there is no response to this (shorter than a header, or itself a response). A response never exceeds
// out.size(), which must be kMinResponseBuffer at least; `out` must not overlap `query`. The calling thread
// is registered with RCU and online. Any bytes are fine as `query`.
//
// A zone whose pages are not in memory can't be answered from: if `cold` is given it is set to that zone's entry
// (valid as long as what is read under RCU), and 0 is returned; else the answer is SERVFAIL. Otherwise `cold` is
// untouched.
size_t Answer(std::span<const uint8_t> query, const Context& context, const Directory& directory,
              std::span<uint8_t> out, const ZoneEntry** cold = nullptr);

}  // namespace quartet::nameserver
