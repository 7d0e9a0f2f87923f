// What the sandbox registry tells everybody of its objects: RDAP's questions and answers (RFC 9082, RFC 9083), without HTTP.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "tests/sandbox_registry/registry.h"

namespace quartet::sandbox {

struct RdapAnswer {
  // Of HTTP (RFC 7480 §5): 200; 404: there is no such object; 400: the question is none.
  int status;
  // An object of RFC 9083, whatever the status.
  std::string json;
};

// `path` is the question's, decoded: "/domain/example.test", "/nameserver/ns.example.test", "/help". Thread-safe.
RdapAnswer AnswerRdap(const Registry& registry, absl::string_view path);

// "client transfer prohibited" of "clientTransferProhibited" (RFC 8056 §2).
std::string RdapStatus(absl::string_view epp_status);

}  // namespace quartet::sandbox
