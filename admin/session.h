// One run of the command: where the controller is, who we are, how output is to look.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/repeated_field.h"
#include "proto/transport/tls_files.h"

namespace grpc {
class Channel;
class ClientContext;
class Status;
}  // namespace grpc

namespace google::protobuf {
class Message;
}

namespace quartet::admin {

struct Context;

namespace v1 {
class Fault;
}  // namespace v1

// Exit codes, the same for all commands.
enum ExitCode {
  kDone = 0,
  kRefused = 1,      // the controller, or a rule, said no
  kUsage = 2,        // wrong words on the command line, or files that can't be read
  kUnreachable = 3,  // no controller answered; a change may or may not have been made
};

// Thrown by commands, caught in main: CLI11's callbacks return nothing.
struct Exit {
  int code;
};

class Session {
 public:
  // Set from flags before any command runs. What no flag says is completed, when the controller is first talked to, from:
  // the context named by --context; the environment; the context in use (admin/contexts/config_file.h).
  std::string controller;
  transport::TlsFiles tls;
  std::string context;
  // "table", "wide", "json", "yaml", or empty: table on a terminal, else JSON.
  std::string output;
  double timeout_seconds = 30;
  // Set by a command that knows where in a file of the caller's a fault belongs: gives it that place.
  std::function<void(v1::Fault&)> locate_fault;

  // Output is for programs: JSON or YAML. Then PrintMessage is all that a command prints on standard output.
  bool json() const;
  // Tables show all their columns.
  bool wide() const { return output == "wide"; }

  // For programs prints `message`, whole, and returns true. Else prints nothing: it is the command's to show it.
  //   if (session.PrintMessage(zone)) return;
  bool PrintMessage(const google::protobuf::Message& message) const;
  // The same for one of many that come over time: a line of JSON, or a YAML document, written at once.
  bool PrintOneOfMany(const google::protobuf::Message& message) const;

  // As PrintMessage, of what is no message: `json` is one document.
  bool PrintDocument(const std::string& json) const;

  // The channel, made when first asked for. Prints and exits if the files are unfit.
  const std::shared_ptr<grpc::Channel>& channel();

  // Sets the deadline of a call.
  void Prepare(grpc::ClientContext& context) const;
  // The same for a call that may take any time.
  void PrepareOpenEnded(grpc::ClientContext& context) const;

  // Returns if `status` is OK; else prints what happened, with all faults, and exits.
  void Check(const grpc::Status& status, const grpc::ClientContext& context) const;

  // Prints faults of the caller's own files, as those of a call are printed, and exits; returns if there are none.
  void CheckFaults(const google::protobuf::RepeatedPtrField<v1::Fault>& faults) const;

  // On standard error; nothing was refused for them.
  void PrintWarnings(const google::protobuf::RepeatedPtrField<v1::Fault>& warnings) const;

  // Prints `message` on standard error and exits.
  [[noreturn]] void Fail(int code, const std::string& message) const;

  // A request id nobody has used: a call that is sent again under it is done once.
  static std::string NewRequestId();

 private:
  // What says where the controller is and who we are, and where else that may be said.
  struct TargetPart {
    std::string* value;
    const char* variable;
    std::string Context::*field;
  };
  std::vector<TargetPart> TargetParts();
  // Of what is empty.
  void CompleteTarget();
  void CompleteFromContext();
  void CompleteFromEnvironment();

  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace quartet::admin
