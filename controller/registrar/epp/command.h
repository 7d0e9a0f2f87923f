// Commands of EPP (RFC 5730 §2.9), to be sent.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/registrar/epp/xml_writer.h"

namespace quartet::controller::epp {

// A command without its clTRID, which is given to it when it is sent, anew each time (RFC 5730 §2.5). A value.
class Command {
 public:
  // `write` writes the command's own element ("check", …) and, after it, its extension, if it has one.
  explicit Command(std::function<void(XmlWriter&)> write) : write_(std::move(write)) {}

  std::string Encode(absl::string_view cltrid) const;

 private:
  std::function<void(XmlWriter&)> write_;
};

// RFC 5730 §2.3: asks for a greeting; no command, so that it has no clTRID.
std::string Hello();

struct Login {
  std::string client;
  // 6 to 16 characters.
  std::string password;
  std::string version = "1.0";
  std::string language = "en";
  // Of those that the greeting offers.
  std::vector<std::string> object_uris;
  std::vector<std::string> extension_uris;
};
Command MakeLogin(const Login& login);
Command MakeLogout();

// RFC 5730 §2.9.2.3.
Command MakePollRequest();
Command MakePollAcknowledgement(const std::string& message_id);

}  // namespace quartet::controller::epp
