#include "admin/session.h"

#include <grpcpp/grpcpp.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "admin/contexts/config_file.h"
#include "admin/output.h"
#include "admin/yaml.h"
#include "proto/transport/credentials.h"
#include "quartet/admin/v1/fault.pb.h"

namespace quartet::admin {
namespace {

// Room for a thousand faults of a zone file (metadata is base64 on its way).
constexpr int kFaultBytes = 256 << 10;

// Where a fault is, for the begin of a line.
std::string PlaceOf(const v1::Fault& fault) {
  if (fault.line() > 0) {
    return absl::StrCat(fault.file().empty() ? "line " : absl::StrCat(fault.file(), ":"), fault.line(), ":",
                        fault.column(), ": ");
  }
  return fault.owner().empty() ? "" : absl::StrCat(fault.owner(), " ", fault.type(), ": ");
}

// Empty if it is not set.
std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// One line on standard error. `message` may hold what came from elsewhere, in lines of its own.
void Tell(Colour colour, const std::string& begin, absl::string_view message) {
  // Over the line of progress that stood there.
  std::string text = isatty(STDERR_FILENO) != 0 ? "\r\x1b[K" : "";
  text += Coloured(colour, Printable(begin), STDERR_FILENO);
  for (const absl::string_view line : absl::StrSplit(message, '\n')) {
    absl::StrAppend(&text, Printable(std::string(line)), "\n");
  }
  std::fputs(text.c_str(), stderr);
}

void PrintFaults(const google::protobuf::RepeatedPtrField<v1::Fault>& faults, size_t total) {
  Tell(Colour::kRed, "quartet: ", absl::StrCat("refused, nothing was changed: ", Count(total, "fault")));
  for (const v1::Fault& fault : faults) {
    Tell(Colour::kBold, absl::StrCat("  ", PlaceOf(fault)),
         absl::StrCat(fault.message(), " [", fault.rule(), "]"));
  }
  const auto listed = static_cast<size_t>(faults.size());
  if (total > listed) std::fprintf(stderr, "  … and %zu more\n", total - listed);
}

// Those that a call carried; none if there are none.
v1::Faults FaultsOf(const grpc::ClientContext& context) {
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto found = metadata.find("quartet-faults-bin");
  v1::Faults faults;
  if (found == metadata.end() ||
      !faults.ParseFromArray(found->second.data(), static_cast<int>(found->second.size()))) {
    return {};
  }
  return faults;
}

}  // namespace

bool Session::json() const {
  return output.empty() ? isatty(STDOUT_FILENO) == 0 : output == "json" || output == "yaml";
}

bool Session::PrintMessage(const google::protobuf::Message& message) const {
  return json() && PrintDocument(JsonOf(message, false));
}

bool Session::PrintDocument(const std::string& json_text) const {
  if (!json()) return false;
  std::fputs(output == "yaml" ? YamlOfJson(json_text).c_str() : json_text.c_str(), stdout);
  return true;
}

bool Session::PrintOneOfMany(const google::protobuf::Message& message) const {
  if (!json()) return false;
  const std::string text = JsonOf(message, true);
  std::fputs(output == "yaml" ? absl::StrCat("---\n", YamlOfJson(text)).c_str() : text.c_str(), stdout);
  // Its reader wants each as it comes, through a pipe too.
  std::fflush(stdout);
  return true;
}

std::vector<Session::TargetPart> Session::TargetParts() {
  return {{&controller, "QUARTET_CONTROLLER", &Context::controller},
          {&tls.ca, "QUARTET_CA", &Context::ca},
          {&tls.certificate, "QUARTET_CERTIFICATE", &Context::certificate},
          {&tls.key, "QUARTET_KEY", &Context::key}};
}

void Session::CompleteFromContext() {
  const absl::StatusOr<Config> config = LoadConfig(ConfigPath());
  if (!config.ok()) Fail(kUsage, std::string(config.status().message()));
  std::string name = context.empty() ? Variable("QUARTET_CONTEXT") : context;
  if (name.empty()) name = config->current;
  if (name.empty()) return;
  const auto found = config->contexts.find(name);
  if (found == config->contexts.end()) {
    Fail(kUsage, absl::StrCat("there is no context ", name, " in ", ConfigPath(),
                              ": `quartet context list` shows those there are"));
  }
  for (const TargetPart& part : TargetParts()) {
    if (part.value->empty()) *part.value = found->second.*part.field;
  }
}

void Session::CompleteFromEnvironment() {
  for (const TargetPart& part : TargetParts()) {
    if (part.value->empty()) *part.value = Variable(part.variable);
  }
}

void Session::CompleteTarget() {
  if (!context.empty()) CompleteFromContext();
  CompleteFromEnvironment();
  const std::vector<TargetPart> parts = TargetParts();
  // A file that is not needed may be as wrong as it likes.
  const bool missing =
      std::any_of(parts.begin(), parts.end(), [](const TargetPart& part) { return part.value->empty(); });
  if (context.empty() && missing) CompleteFromContext();
}

const std::shared_ptr<grpc::Channel>& Session::channel() {
  if (channel_) return channel_;
  CompleteTarget();
  if (controller.empty()) {
    Fail(kUsage,
         "no controller is given: use --controller ADDR:PORT, set QUARTET_CONTROLLER, or make a context "
         "(`quartet context set --help`)");
  }
  const absl::StatusOr<transport::TlsMaterial> material = transport::LoadTls(tls);
  if (!material.ok()) Fail(kUsage, std::string(material.status().message()));
  if (material->identity.kind != transport::Identity::Kind::kAdmin) {
    Fail(kUsage, absl::StrCat(tls.certificate, " is of ", material->identity.ToString(),
                              "; this command needs an admin's (quartet://admin/NAME)"));
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 2 * kFaultBytes);
  channel_ = grpc::CreateCustomChannel(controller, transport::MakeClientCredentials(*material), arguments);
  return channel_;
}

void Session::PrepareOpenEnded(grpc::ClientContext& context) const {
  context.AddMetadata("quartet-fault-bytes", std::to_string(kFaultBytes));
}

void Session::Prepare(grpc::ClientContext& context) const {
  PrepareOpenEnded(context);
  const auto timeout = std::chrono::duration<double>(timeout_seconds);
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::duration_cast<std::chrono::system_clock::duration>(timeout));
}

void Session::Check(const grpc::Status& status, const grpc::ClientContext& context) const {
  if (status.ok()) return;
  // It was reached, and says itself why it does not do it now: itself, or a registry.
  const bool said_so = absl::StartsWith(status.error_message(), "the controller ") ||
                       absl::StartsWith(status.error_message(), "registry ");
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && !said_so) {
    Fail(kUnreachable,
         absl::StrCat("can't reach the controller at ", controller, ": ", status.error_message(),
                      ". Is it running there, and is its certificate of the same CA?"));
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    Fail(kUnreachable, absl::StrCat("no answer from ", controller, " within ", timeout_seconds,
                                    " s; what was asked may still be done (--timeout waits longer)"));
  }
  v1::Faults faults = FaultsOf(context);
  if (faults.faults().empty()) Fail(kRefused, status.error_message());
  if (locate_fault) {
    for (v1::Fault& fault : *faults.mutable_faults()) locate_fault(fault);
  }
  // Its faults say what the message does not.
  if (status.error_code() == grpc::StatusCode::ABORTED)
    Tell(Colour::kRed, "quartet: ", status.error_message());
  PrintFaults(faults.faults(), std::max<size_t>(faults.total(), static_cast<size_t>(faults.faults_size())));
  throw Exit{kRefused};
}

void Session::CheckFaults(const google::protobuf::RepeatedPtrField<v1::Fault>& faults) const {
  if (faults.empty()) return;
  PrintFaults(faults, static_cast<size_t>(faults.size()));
  throw Exit{kRefused};
}

void Session::PrintWarnings(const google::protobuf::RepeatedPtrField<v1::Fault>& warnings) const {
  for (v1::Fault warning : warnings) {
    if (locate_fault) locate_fault(warning);
    Tell(Colour::kYellow, "quartet: warning: ", absl::StrCat(PlaceOf(warning), warning.message()));
  }
}

void Session::Fail(int code, const std::string& message) const {
  Tell(Colour::kRed, "quartet: ", message);
  throw Exit{code};
}

std::string Session::NewRequestId() {
  char random[16] = {};
  if (getrandom(random, sizeof random, 0) != sizeof random) std::abort();
  return absl::BytesToHexString(absl::string_view(random, sizeof random));
}

}  // namespace quartet::admin
