#include "controller/registrar/epp/client.h"

#include <utility>

namespace quartet::controller::epp {
namespace {

using Clock = std::chrono::steady_clock;

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
}

Deadline At(int64_t us) { return Deadline(std::chrono::microseconds(us)); }

}  // namespace

Client::Client(std::unique_ptr<TlsStream> stream, const Session::Options& options)
    : stream_(std::move(stream)), session_(options, NowUs()) {}

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(const Endpoint& endpoint,
                                                        const Session::Options& options) {
  absl::StatusOr<std::unique_ptr<TlsStream>> stream =
      TlsStream::Connect(endpoint.tls, endpoint.host, endpoint.port, endpoint.server_name,
                         Clock::now() + endpoint.connect_within);
  if (!stream.ok()) return stream.status();
  std::unique_ptr<Client> client(new Client(*std::move(stream), options));
  client->Drive();
  if (client->ended()) return client->why_ended();
  return client;
}

absl::StatusOr<Response> Client::Run(const Command& command) {
  if (ended()) return absl::UnavailableError(why_ended().message());
  session_.Send(command, NowUs());
  Drive();
  return *session_.TakeAnswer();
}

void Client::KeepAlive() {
  session_.OnTick(NowUs());
  Drive();
}

void Client::LogOut() {
  if (session_.state() != Session::State::kReady) return;
  session_.LogOut(NowUs());
  Drive();
}

void Client::Drive() {
  while (session_.state() != Session::State::kReady && !ended()) {
    const Deadline deadline = At(session_.next_tick_us());
    absl::Status status = stream_->Write(session_.TakeOutput(), deadline);
    if (status.ok()) {
      absl::StatusOr<std::string> bytes = stream_->Read(deadline);
      if (bytes.ok()) {
        session_.OnBytes(*bytes, NowUs());
        continue;
      }
      status = bytes.status();
    }
    if (status.code() == absl::StatusCode::kDeadlineExceeded) session_.OnTick(NowUs());
    if (status.code() != absl::StatusCode::kDeadlineExceeded)
      session_.OnClosed(std::string(status.message()));
  }
  if (ended()) stream_->Close();
}

}  // namespace quartet::controller::epp
