#include "nameserver/identity_options.h"

#include <unistd.h>

namespace quartet::nameserver {
namespace {

std::string CheckLength(const std::string& text) {
  if (text.size() <= ServerIdentity::kMaxText) return {};
  return "at most " + std::to_string(ServerIdentity::kMaxText) + " octets";
}

std::string TextOf(const std::string& given) {
  return given == "none" ? std::string() : given.substr(0, ServerIdentity::kMaxText);
}

}  // namespace

void AddIdentityOptions(CLI::App& app, IdentityOptions& options) {
  const CLI::Validator fits(CheckLength, "TEXT");
  app.add_option("--nsid", options.nsid,
                 "What the NSID option answers (RFC 5001), or none (default: the server's name)")
      ->check(fits);
  app.add_option("--server-id", options.server_id,
                 "What id.server and hostname.bind in class CH answer, or none (default: the server's name)")
      ->check(fits);
  app.add_option("--version-bind", options.version,
                 "What version.bind and version.server in class CH answer, or none")
      ->check(fits)
      ->capture_default_str();
}

std::string HostName() {
  // One more octet than asked for: a name that was cut need not end in a zero.
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 ? name : "";
}

ServerIdentity MakeIdentity(const IdentityOptions& options, const std::string& name) {
  return {TextOf(options.nsid.value_or(name)), TextOf(options.server_id.value_or(name)),
          TextOf(options.version)};
}

}  // namespace quartet::nameserver
