#include "controller/registrar/registries/registry_client.h"

#include <mutex>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/client_pool.h"
#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/namespaces.h"
#include "controller/registrar/registries/object_keeper.h"

namespace quartet::controller {
namespace {

constexpr int kDoesNotExist = 2303;
constexpr int kMessageWaits = 1301;

epp::ClientPool::Options PoolOptions(const RegistryConfig& config,
                                     std::shared_ptr<const epp::TlsContext> tls) {
  epp::ClientPool::Options options;
  options.endpoint.host = config.host;
  options.endpoint.port = config.port;
  options.endpoint.server_name = config.server_name;
  options.endpoint.tls = std::move(tls);
  options.session.client = config.client;
  options.session.password = config.password;
  options.session.object_uris = {std::string(epp::kDomainNamespace), std::string(epp::kHostNamespace),
                                 std::string(epp::kContactNamespace)};
  options.session.extension_uris = {std::string(epp::kSecDnsNamespace), std::string(epp::kRgpNamespace)};
  options.session.answer_within_us =
      std::chrono::duration_cast<std::chrono::microseconds>(config.answer_within).count();
  options.sessions = config.sessions;
  return options;
}

// What `read` finds in a response that says it is done; of one that is pending, if it finds it.
template <typename Read>
auto ReadAnswer(const absl::StatusOr<epp::Response>& response, Read read)
    -> Answer<typename decltype(read(std::declval<const epp::Response&>()))::value_type> {
  const Verdict verdict = VerdictOf(response);
  if (verdict.kind != Verdict::Kind::kDone && verdict.kind != Verdict::Kind::kPending)
    return {verdict, std::nullopt};
  auto value = read(*response);
  if (value.ok()) return {verdict, *std::move(value)};
  if (verdict.kind == Verdict::Kind::kPending) return {verdict, std::nullopt};
  return {UnreadableVerdict(*response, value.status()), std::nullopt};
}

// A reader of resData as one of responses.
template <typename ReadData>
auto OfData(ReadData read_data) {
  return [read_data](const epp::Response& response) -> decltype(read_data(*response.data())) {
    if (!response.data().has_value()) return absl::InvalidArgumentError("it has no data");
    return read_data(*response.data());
  };
}

absl::StatusOr<epp::DomainInfo> ReadInfo(const epp::Response& response) {
  if (!response.data().has_value()) return absl::InvalidArgumentError("it has no data");
  return epp::ReadDomainInfo(*response.data(), response.extension());
}

class EppRegistryClient : public RegistryClient {
 public:
  EppRegistryClient(const RegistryConfig& config, CommandRunner runner, replication::Random& random)
      : config_(config),
        runner_(std::move(runner)),
        keeper_([this](const epp::Command& command) { return Run(command); }, random) {}

  const RegistryConfig& config() const override { return config_; }

  Answer<std::vector<epp::Availability>> CheckDomains(const std::vector<std::string>& names) override {
    return ReadAnswer(Run(epp::MakeDomainCheck(names)), OfData(&epp::ReadDomainCheck));
  }

  Answer<epp::DomainInfo> DomainInfo(const std::string& name, const std::string& auth_info) override {
    return ReadAnswer(Run(epp::MakeDomainInfo(name, auth_info)), &ReadInfo);
  }

  Answer<epp::DomainDates> CreateDomain(const epp::DomainCreate& create) override {
    const absl::StatusOr<epp::Response> response = Run(epp::MakeDomainCreate(create));
    ForgetIfMissing(response);
    return ReadAnswer(response, OfData(&epp::ReadDomainDates));
  }

  Answer<epp::DomainDates> RenewDomain(const std::string& name, const std::string& current_expiry,
                                       uint32_t years) override {
    return ReadAnswer(Run(epp::MakeDomainRenew(name, current_expiry, years)), OfData(&epp::ReadDomainDates));
  }

  Verdict UpdateDomain(const epp::DomainUpdate& update) override {
    const absl::StatusOr<epp::Response> response = Run(epp::MakeDomainUpdate(update));
    ForgetIfMissing(response);
    return VerdictOf(response);
  }

  Verdict DeleteDomain(const std::string& name) override {
    Verdict verdict = VerdictOf(Run(epp::MakeDomainDelete(name)));
    if (verdict.kind != Verdict::Kind::kRefused) keeper_.DomainIsGone(name);
    return verdict;
  }

  Answer<epp::DomainTransfer> Transfer(epp::TransferOp op, const std::string& name,
                                       const std::string& auth_info, uint32_t years) override {
    return ReadAnswer(Run(epp::MakeDomainTransfer(op, name, auth_info, years)),
                      OfData(&epp::ReadDomainTransfer));
  }

  Verdict EnsureHost(const epp::DomainHost& host) override {
    if (config_.host_model == epp::HostModel::kAttributes) return {Verdict::Kind::kDone, 0, ""};
    return keeper_.EnsureHost(host);
  }
  Verdict DeleteHost(const std::string& name) override { return keeper_.DeleteHost(name); }
  Verdict EnsureContact(const epp::Contact& contact) override { return keeper_.EnsureContact(contact); }

  Answer<Message> Poll() override {
    const absl::StatusOr<epp::Response> response = Run(epp::MakePollRequest());
    const Verdict verdict = VerdictOf(response);
    if (!verdict.done() || response->code() != kMessageWaits) return {verdict, std::nullopt};
    if (!response->queue().has_value() || response->queue()->id.empty()) {
      return {UnreadableVerdict(*response, absl::InvalidArgumentError("it names no message")), std::nullopt};
    }
    Message message;
    message.queue = *response->queue();
    // What it is about is told in many ways; what we don't know is for people to read.
    if (const std::optional<epp::XmlElement> data = response->data()) {
      if (auto pending = epp::ReadDomainPendingResult(*data); pending.ok())
        message.pending = *std::move(pending);
      if (auto transfer = epp::ReadDomainTransfer(*data); transfer.ok())
        message.transfer = *std::move(transfer);
    }
    return {verdict, std::move(message)};
  }

  Verdict Acknowledge(const std::string& message_id) override {
    return VerdictOf(Run(epp::MakePollAcknowledgement(message_id)));
  }

  void KeepAlive() override { runner_.keep_alive(); }

  Verdict state() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return state_;
  }

 private:
  absl::StatusOr<epp::Response> Run(const epp::Command& command) {
    absl::StatusOr<epp::Response> response = runner_.run(command);
    const bool sent = response.ok() || absl::IsUnknown(response.status());
    const std::lock_guard<std::mutex> lock(mutex_);
    state_ = sent ? Verdict{Verdict::Kind::kDone, 0, ""} : VerdictOf(response);
    return response;
  }

  // A host or contact that was there has gone.
  void ForgetIfMissing(const absl::StatusOr<epp::Response>& response) {
    if (response.ok() && response->code() == kDoesNotExist) keeper_.SomethingIsMissing();
  }

  const RegistryConfig config_;
  const CommandRunner runner_;
  ObjectKeeper keeper_;
  std::mutex mutex_;
  Verdict state_{Verdict::Kind::kDone, 0, ""};
};

}  // namespace

absl::StatusOr<std::unique_ptr<RegistryClient>> MakeRegistryClient(const RegistryConfig& config,
                                                                   replication::Random& random) {
  absl::StatusOr<std::shared_ptr<const epp::TlsContext>> tls =
      epp::TlsContext::ForClient({config.ca, config.certificate, config.key});
  if (!tls.ok())
    return absl::InvalidArgumentError(absl::StrCat("registry ", config.name, ": ", tls.status().message()));
  auto pool = std::make_shared<epp::ClientPool>(PoolOptions(config, *std::move(tls)), random);
  return MakeRegistryClientOver(
      config,
      {[pool](const epp::Command& command) { return pool->Run(command); }, [pool] { pool->KeepAlive(); }},
      random);
}

std::unique_ptr<RegistryClient> MakeRegistryClientOver(const RegistryConfig& config, CommandRunner runner,
                                                       replication::Random& random) {
  return std::make_unique<EppRegistryClient>(config, std::move(runner), random);
}

}  // namespace quartet::controller
