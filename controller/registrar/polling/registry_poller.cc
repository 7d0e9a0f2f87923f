#include "controller/registrar/polling/registry_poller.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/operations/system_principal.h"
#include "controller/registrar/polling/registry_messages.h"
#include "replication/base/log.h"

namespace quartet::controller {
namespace {

constexpr int kDoesNotExist = 2303;

using Kind = PollResult::Kind;

// nullopt: the registry can't be asked.
std::optional<bool> IsOurs(RegistryClient& registry, const std::string& domain) {
  const Answer<epp::DomainInfo> info = registry.DomainInfo(domain);
  if (info.verdict.done()) return info.value->client == registry.config().client;
  if (info.verdict.kind == Verdict::Kind::kRefused) return false;
  return std::nullopt;
}

absl::Status Log(RequestHost& host, HeardMessage heard) {
  Proposal proposal;
  proposal.principal = std::string(kSystemPrincipal);
  proposal.plan = [heard = std::move(heard)](const PlanContext& context) {
    return PlanMessage(context, heard);
  };
  return ProposeAndWait(host, std::move(proposal)).status();
}

}  // namespace

PollResult PollOnce(RequestHost& host, RegistryClient& registry) {
  Answer<RegistryClient::Message> answer = registry.Poll();
  if (!answer.verdict.done()) return {Kind::kTrouble, answer.verdict.message};
  if (!answer.value.has_value()) return {Kind::kNone, ""};
  const std::string id = answer.value->queue.id;
  HeardMessage heard{registry.config().name, *std::move(answer.value), false};
  const std::string domain = DomainOf(heard.message);
  if (!domain.empty() && TellsDeparture(heard.message, registry.config().client)) {
    // It may be an old story.
    const std::optional<bool> ours = IsOurs(registry, domain);
    if (!ours.has_value())
      return {Kind::kTrouble, absl::StrCat("whether ", domain, " is still ours can't be asked")};
    heard.domain_left = !*ours;
  }
  if (absl::Status logged = Log(host, std::move(heard)); !logged.ok())
    return {Kind::kTrouble, std::string(logged.message())};
  const Verdict acknowledged = registry.Acknowledge(id);
  if (acknowledged.done() || acknowledged.code == kDoesNotExist) return {Kind::kTaken, ""};
  return {Kind::kTrouble, acknowledged.message};
}

RegistryPoller::RegistryPoller(RequestHost& host, RegistryClient& registry, const Options& options)
    : host_(host), registry_(registry), options_(options) {
  thread_ = std::thread([this] { Run(); });
}

RegistryPoller::~RegistryPoller() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

void RegistryPoller::Hasten() {
  const std::lock_guard<std::mutex> lock(mutex_);
  hastened_ = true;
  wake_.notify_all();
}

bool RegistryPoller::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stop_;
}

void RegistryPoller::Run() {
  for (;;) {
    const bool all_taken = TakeAll();
    registry_.KeepAlive();
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_for(lock, all_taken ? options_.every : options_.again_after,
                   [this] { return stop_ || hastened_; });
    if (stop_) return;
    hastened_ = false;
  }
}

bool RegistryPoller::TakeAll() {
  while (!stopping()) {
    const PollResult result = PollOnce(host_, registry_);
    // The same trouble is told once.
    if (result.kind == Kind::kTrouble && trouble_ != result.why)
      LogWarning("registry {} can't be polled now: {}", registry_.config().name, result.why);
    trouble_ = result.why;
    if (result.kind != Kind::kTaken) return result.kind == Kind::kNone;
  }
  return true;
}

}  // namespace quartet::controller
