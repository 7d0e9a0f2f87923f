// Any bytes to the answer engine: what comes back is a well-formed response within its limit, or nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "dns/base/check.h"
#include "nameserver/answer/answer.h"
#include "nameserver/answer/test_server.h"
#include "tests/fuzz/response_checks.h"

namespace quartet::nameserver {
namespace {

const Directory& Zones() {
  static TestServer server;
  static const bool loaded = [] {
    server.Load("zone.test.", R"(
@ 900 SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
@ NS ns.other.example.
@ MX 10 mail
ns1 A 192.0.2.53
ns1 AAAA 2001:db8::53
mail A 192.0.2.25
a CNAME b
b CNAME c.d
*.d CNAME x.d
x.d CNAME *.d
e DNAME f
f DNAME g.f
c NS ns.c
c NS ns1
ns.c A 192.0.2.7
c DS 1 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
big TXT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
_s._tcp SRV 1 2 3 mail
l DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.zone.test.
)");
    server.Load("c.zone.test.",
                "@ 900 SOA ns admin 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.7\n* A 192.0.2.8\n");
    server.Fail("down.zone.test.");
    return true;
  }();
  QUARTET_CHECK(loaded);
  return server.directory();
}

void Run(const std::vector<uint8_t>& query, const Context& context, size_t room) {
  std::vector<uint8_t> out(room);
  const size_t size = Answer(query, context, Zones(), out);
  QUARTET_CHECK(size <= room);
  QUARTET_CHECK(context.transport == Transport::kTcp || size <= context.max_udp_payload);
  out.resize(size);
  const bool wanted = query.size() >= dns::kHeaderSize && (query[2] & 0x80) == 0;
  QUARTET_CHECK(wanted == (size != 0));
  if (wanted) fuzz::CheckResponse(query, out, std::min(room, fuzz::LimitFor(query, context.transport, room)));
}

}  // namespace
}  // namespace quartet::nameserver

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using quartet::nameserver::Transport;
  const std::vector<uint8_t> query(data, data + size);
  quartet::nameserver::Run(query, {Transport::kUdp, 1232}, 1232);
  quartet::nameserver::Run(query, {Transport::kUdp, 512}, 512);
  quartet::nameserver::Run(query, {Transport::kTcp, 1232}, quartet::nameserver::kMaxTcpResponse);
  return 0;
}
