// EPP from both sides. The bytes are what a registry sends: a session takes them in pieces, and whatever it makes of them, a
// command's outcome is told once. And they are a message to the sandbox registry, which answers every one with a message
// that our reader takes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/frame.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/epp/namespaces.h"
#include "controller/registrar/epp/response.h"
#include "controller/registrar/epp/session.h"
#include "dns/base/check.h"
#include "replication/base/clock.h"
#include "replication/store/memory_store.h"
#include "tests/sandbox_registry/registry.h"

namespace quartet {
namespace {

using controller::epp::Session;

void ReadAll(const controller::epp::Response& response) {
  if (!response.data().has_value()) return;
  const controller::epp::XmlElement data = *response.data();
  (void)controller::epp::ReadDomainCheck(data);
  (void)controller::epp::ReadDomainInfo(data, response.extension());
  (void)controller::epp::ReadDomainDates(data);
  (void)controller::epp::ReadDomainTransfer(data);
  (void)controller::epp::ReadDomainPendingResult(data);
  (void)controller::epp::ReadHostCheck(data);
  (void)controller::epp::ReadHostInfo(data);
  (void)controller::epp::ReadContactInfo(data);
}

// `pieces`: bytes handed over at a time, at least one.
void FeedSession(absl::string_view bytes, size_t pieces) {
  Session::Options options;
  options.client = "client";
  options.password = "secret-1";
  options.object_uris = {std::string(controller::epp::kDomainNamespace)};
  options.trid_prefix = "Q";
  Session session(options, 0);
  size_t sent = 0;
  size_t told = 0;
  while (!bytes.empty() && session.state() != Session::State::kEnded) {
    session.OnBytes(bytes.substr(0, pieces), 1);
    bytes.remove_prefix(std::min(pieces, bytes.size()));
    session.TakeOutput();
    if (const std::optional<absl::StatusOr<controller::epp::Response>> answer = session.TakeAnswer()) {
      ++told;
      if (answer->ok()) ReadAll(**answer);
    }
    if (session.state() != Session::State::kReady) continue;
    session.Send(controller::epp::MakeDomainDelete("a.test"), 1);
    ++sent;
  }
  session.OnClosed("closed");
  if (session.TakeAnswer().has_value()) ++told;
  QUARTET_CHECK(sent == told);
}

void AskRegistry(absl::string_view message) {
  sandbox::RegistryConfig config;
  config.clients = {{"client", "secret-1"}};
  config.tlds["test"].name = "test";
  config.tlds["test"].thick = true;
  store::MemoryStore store;
  sandbox::Registry registry(config, store, replication::SystemClock());
  sandbox::Registry::Session session(registry);
  controller::epp::Login login;
  login.client = "client";
  login.password = "secret-1";
  login.object_uris = {std::string(controller::epp::kDomainNamespace)};
  session.Answer(controller::epp::MakeLogin(login).Encode("Q-1"));
  QUARTET_CHECK(!session.client().empty());
  for (int twice = 0; twice < 2 && !session.ended(); ++twice) {
    const std::string answer = session.Answer(message);
    QUARTET_CHECK(controller::epp::ReadResponse(answer).ok() || controller::epp::ReadGreeting(answer).ok());
  }
}

}  // namespace
}  // namespace quartet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    quartet::FeedSession(bytes, 1 + data[0] / 2);
  } else {
    quartet::AskRegistry(bytes);
  }
  return 0;
}
