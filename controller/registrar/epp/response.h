// What a registry says: greetings (RFC 5730 §2.4) and responses (§2.6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/registrar/epp/xml_reader.h"

namespace quartet::controller::epp {

struct Greeting {
  std::string server;
  std::vector<std::string> versions;
  std::vector<std::string> languages;
  std::vector<std::string> object_uris;
  std::vector<std::string> extension_uris;

  bool Offers(absl::string_view uri) const;
};

// Result codes (RFC 5730 §3) that somebody acts on; others are told by their class.
namespace code {
inline constexpr int kSessionEnds = 1500;
inline constexpr int kAuthentication = 2200;
inline constexpr int kAuthenticationEnds = 2501;
}  // namespace code

struct Result {
  int code = 0;
  // What the registry says of it, with the reasons it gives.
  std::string message;
};

// RFC 5730 §2.9.2.3.
struct MessageQueue {
  uint64_t count = 0;
  // Of the first message.
  std::string id;
  std::string date;
  std::string message;
};

// Movable; holds the document that its data lie in.
class Response {
 public:
  // The first result's: where there are more, all have failed (§2.6).
  int code() const { return results_.front().code; }
  bool ok() const { return code() < 2000; }
  // Whether the registry ends the session after this.
  bool ends_session() const { return code() == code::kSessionEnds || code() >= 2500; }
  // Never empty.
  const std::vector<Result>& results() const { return results_; }
  const std::optional<MessageQueue>& queue() const { return queue_; }
  const std::string& cltrid() const { return cltrid_; }
  const std::string& svtrid() const { return svtrid_; }

  // What the commands' own readers take. nullopt: there is none.
  std::optional<XmlElement> data() const { return data_; }
  std::optional<XmlElement> extension() const { return extension_; }

  // "2302 Object exists", for people; all results.
  std::string ToString() const;

 private:
  friend class MessageReader;
  explicit Response(XmlDocument document) : document_(std::move(document)) {}

  XmlDocument document_;
  std::vector<Result> results_;
  std::optional<MessageQueue> queue_;
  std::optional<XmlElement> data_;
  std::optional<XmlElement> extension_;
  std::string cltrid_;
  std::string svtrid_;
};

// INVALID_ARGUMENT: `message` is no greeting; no response, or its results are none that there are.
absl::StatusOr<Greeting> ReadGreeting(absl::string_view message);
absl::StatusOr<Response> ReadResponse(absl::string_view message);

}  // namespace quartet::controller::epp
