#include "controller/registrar/epp/session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"

namespace quartet::controller::epp {
namespace {

std::vector<std::string> Offered(const std::vector<std::string>& wanted, const Greeting& greeting) {
  std::vector<std::string> offered;
  for (const std::string& uri : wanted) {
    if (greeting.Offers(uri)) offered.push_back(uri);
  }
  return offered;
}

// RFC 5730 §3: who we are is not taken, now or ever.
bool RefusesUs(int code) { return code == code::kAuthentication || code == code::kAuthenticationEnds; }

}  // namespace

Session::Session(Options options, int64_t now_us) : options_(std::move(options)), last_us_(now_us) {}

void Session::OnBytes(absl::string_view bytes, int64_t now_us) {
  if (state_ == State::kEnded) return;
  frames_.Feed(bytes);
  while (state_ != State::kEnded) {
    absl::StatusOr<std::optional<std::string>> message = frames_.Next();
    if (!message.ok())
      return End(absl::UnavailableError(absl::StrCat("the registry: ", message.status().message())));
    if (!message->has_value()) return;
    last_us_ = now_us;
    OnMessage(**message, now_us);
  }
}

void Session::OnMessage(const std::string& message, int64_t now_us) {
  switch (state_) {
    case State::kGreeting:
      return OnGreeting(message, now_us);
    case State::kKeepingAlive: {
      const absl::StatusOr<Greeting> greeting = ReadGreeting(message);
      if (!greeting.ok()) return End(absl::UnavailableError(greeting.status().message()));
      state_ = State::kReady;
      return;
    }
    case State::kLoggingIn:
    case State::kBusy:
    case State::kLoggingOut: {
      absl::StatusOr<Response> response = ReadResponse(message);
      if (!response.ok()) return End(absl::UnavailableError(response.status().message()));
      if (response->cltrid() != under_way_) {
        return End(absl::UnavailableError(
            absl::StrCat("the registry answers ", response->cltrid(), ", where ", under_way_, " was asked")));
      }
      return OnResponse(*std::move(response));
    }
    case State::kReady:
      return End(absl::UnavailableError("the registry says something that nobody asked"));
    case State::kEnded:
      return;
  }
}

void Session::OnGreeting(const std::string& message, int64_t now_us) {
  const absl::StatusOr<Greeting> greeting = ReadGreeting(message);
  if (!greeting.ok()) return End(absl::UnavailableError(greeting.status().message()));
  Login login;
  login.client = options_.client;
  login.password = options_.password;
  login.object_uris = Offered(options_.object_uris, *greeting);
  login.extension_uris = Offered(options_.extension_uris, *greeting);
  if (!greeting->languages.empty()) login.language = greeting->languages.front();
  for (const std::string& language : greeting->languages) {
    if (language == "en") login.language = language;
  }
  under_way_ = NextTrid();
  SendMessage(MakeLogin(login).Encode(under_way_), State::kLoggingIn, now_us);
}

void Session::OnResponse(Response response) {
  const int code = response.code();
  const std::string said = response.ToString();
  const bool ends = response.ends_session();
  if (state_ == State::kLoggingIn && !response.ok()) {
    const std::string message = absl::StrCat("the registry does not let us in: ", said);
    return End(RefusesUs(code) ? absl::PermissionDeniedError(message) : absl::UnavailableError(message));
  }
  const bool logged_out = state_ == State::kLoggingOut;
  if (state_ == State::kBusy) answer_ = std::move(response);
  state_ = State::kReady;
  if (logged_out) return End(absl::OkStatus());
  if (!ends) return;
  const std::string message = absl::StrCat("the registry ended the session: ", said);
  End(RefusesUs(code) ? absl::PermissionDeniedError(message) : absl::UnavailableError(message));
}

void Session::OnClosed(const std::string& reason) { End(absl::UnavailableError(reason)); }

void Session::OnTick(int64_t now_us) {
  if (state_ == State::kEnded || now_us < next_tick_us()) return;
  if (state_ == State::kReady) return SendMessage(Hello(), State::kKeepingAlive, now_us);
  End(absl::UnavailableError(
      absl::StrCat("the registry did not answer within ", options_.answer_within_us / 1'000'000, " s")));
}

int64_t Session::next_tick_us() const {
  return last_us_ + (state_ == State::kReady ? options_.keep_alive_us : options_.answer_within_us);
}

std::string Session::Send(const Command& command, int64_t now_us) {
  QUARTET_CHECK(state_ == State::kReady && !answer_.has_value());
  under_way_ = NextTrid();
  SendMessage(command.Encode(under_way_), State::kBusy, now_us);
  return under_way_;
}

void Session::LogOut(int64_t now_us) {
  QUARTET_CHECK(state_ == State::kReady);
  under_way_ = NextTrid();
  SendMessage(MakeLogout().Encode(under_way_), State::kLoggingOut, now_us);
}

std::string Session::TakeOutput() { return std::exchange(output_, std::string()); }

std::optional<absl::StatusOr<Response>> Session::TakeAnswer() { return std::exchange(answer_, std::nullopt); }

void Session::SendMessage(const std::string& message, State state, int64_t now_us) {
  output_ += Frame(message);
  state_ = state;
  last_us_ = now_us;
}

std::string Session::NextTrid() { return absl::StrCat(options_.trid_prefix, "-", ++sent_); }

void Session::End(absl::Status why) {
  if (state_ == State::kEnded) return;
  if (state_ == State::kBusy) {
    answer_ = absl::UnknownError(absl::StrCat("whether the registry did it is not known: ",
                                              why.ok() ? "the session ended" : why.message()));
  }
  state_ = State::kEnded;
  why_ = std::move(why);
}

}  // namespace quartet::controller::epp
