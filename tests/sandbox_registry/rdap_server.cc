#include "tests/sandbox_registry/rdap_server.h"

#include <civetweb.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/sandbox_registry/rdap.h"

namespace quartet::sandbox {
namespace {

absl::string_view Phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    default:
      return "Bad Request";
  }
}

// Every answer is RDAP's, and may be shown in any page (RFC 7480 §5.6).
std::string Head(int status, size_t bytes) {
  return absl::StrCat("HTTP/1.1 ", status, " ", Phrase(status),
                      "\r\nContent-Type: application/rdap+json\r\n"
                      "Access-Control-Allow-Origin: *\r\nCache-Control: no-store\r\n",
                      status == 405 ? "Allow: GET, HEAD\r\n" : "", "Content-Length: ", bytes,
                      "\r\nConnection: close\r\n\r\n");
}

}  // namespace

absl::StatusOr<std::unique_ptr<RdapServer>> RdapServer::Start(const Registry& registry,
                                                              const std::string& listen) {
  // The library would take a port alone, and listen everywhere.
  if (!absl::StrContains(listen, ':')) {
    return absl::UnavailableError(absl::StrCat("RDAP: ", listen, " is not ADDR:PORT"));
  }
  std::unique_ptr<RdapServer> server(new RdapServer(registry));
  const char* options[] = {
      "listening_ports",  listen.c_str(), "num_threads", "2", "request_timeout_ms", "5000",
      "max_request_size", "16384",        nullptr};
  const mg_callbacks callbacks{};
  server->context_ = mg_start(&callbacks, nullptr, options);
  if (server->context_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("RDAP: can't listen on ", listen, "; is it in use?"));
  }
  mg_set_request_handler(server->context_, "/", &RdapServer::Handle, server.get());
  return server;
}

RdapServer::~RdapServer() {
  if (context_ != nullptr) mg_stop(context_);
}

int RdapServer::port() const {
  mg_server_port port{};
  return mg_get_server_ports(context_, 1, &port) == 1 ? port.port : 0;
}

int RdapServer::Handle(mg_connection* connection, void* server) {
  return static_cast<const RdapServer*>(server)->Answer(connection);
}

int RdapServer::Answer(mg_connection* connection) const {
  const mg_request_info& request = *mg_get_request_info(connection);
  const absl::string_view method = request.request_method;
  RdapAnswer answer{405, ""};
  if (method == "GET" || method == "HEAD") {
    answer = AnswerRdap(registry_, request.local_uri == nullptr ? "" : request.local_uri);
  }
  std::string all = Head(answer.status, answer.json.size());
  if (method == "GET") all += answer.json;
  mg_write(connection, all.data(), all.size());
  return answer.status;
}

}  // namespace quartet::sandbox
