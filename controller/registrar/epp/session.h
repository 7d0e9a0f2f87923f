// One session with a registry: a stream of bytes in, a stream of bytes out (RFC 5730 §2, RFC 5734). Without I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/frame.h"
#include "controller/registrar/epp/response.h"

namespace quartet::controller::epp {

// Waits for the greeting, logs in, then has one command under way at a time. Whoever owns the connection hands it the bytes
// that came and sends those that it returns. Time is passed in, in microseconds of any clock that does not go back. Not
// thread-safe.
class Session {
 public:
  struct Options {
    std::string client;
    std::string password;
    // Of the objects and extensions that we speak, those that the greeting offers are asked for.
    std::vector<std::string> object_uris;
    std::vector<std::string> extension_uris;
    // Begins every clTRID of this session; no other session's ever does. At most 40 characters.
    std::string trid_prefix;
    // For the greeting and each answer.
    int64_t answer_within_us = 60'000'000;
    // A hello is sent when nothing was said for so long.
    int64_t keep_alive_us = 240'000'000;
  };

  enum class State {
    kGreeting,
    kLoggingIn,
    // A command may be sent.
    kReady,
    // One is under way; its answer, or that it will never be known, comes by TakeAnswer.
    kBusy,
    // A hello is: as kBusy, without an answer.
    kKeepingAlive,
    kLoggingOut,
    // The connection is to be closed. why() says why.
    kEnded,
  };

  // `now_us`: when the connection was made.
  Session(Options options, int64_t now_us);

  State state() const { return state_; }
  // Of an ended session. UNAVAILABLE: try again later; PERMISSION_DENIED: never (2200, 2501: who we say we are is not
  // taken); OK: it was logged out.
  const absl::Status& why() const { return why_; }

  void OnBytes(absl::string_view bytes, int64_t now_us);
  // The connection is closed, or broken.
  void OnClosed(const std::string& reason);
  // Call it at next_tick_us(), or later.
  void OnTick(int64_t now_us);
  int64_t next_tick_us() const;

  // Precondition: kReady. Returns the clTRID it is sent under.
  std::string Send(const Command& command, int64_t now_us);
  // Precondition: kReady.
  void LogOut(int64_t now_us);

  // Bytes to be sent, once.
  std::string TakeOutput();
  // Once for each Send: the registry's response, or UNKNOWN: the session ended before it came, and whether the command was
  // done is not known.
  std::optional<absl::StatusOr<Response>> TakeAnswer();

 private:
  void OnMessage(const std::string& message, int64_t now_us);
  void OnGreeting(const std::string& message, int64_t now_us);
  void OnResponse(Response response);
  void SendMessage(const std::string& message, State state, int64_t now_us);
  std::string NextTrid();
  void End(absl::Status why);

  const Options options_;
  State state_ = State::kGreeting;
  absl::Status why_;
  FrameReader frames_;
  std::string output_;
  std::optional<absl::StatusOr<Response>> answer_;
  // clTRID of what is under way.
  std::string under_way_;
  uint64_t sent_ = 0;
  // When something was said last, by either side.
  int64_t last_us_;
};

}  // namespace quartet::controller::epp
