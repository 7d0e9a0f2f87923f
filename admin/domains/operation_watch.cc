#include "admin/domains/operation_watch.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "admin/output.h"
#include "quartet/admin/v1/domain.grpc.pb.h"

namespace quartet::admin {
namespace {

using google::protobuf::util::TimeUtil;
using Operation = v1::DomainOperation;

// "STEP_HOSTS" -> "HOSTS".
std::string Short(const std::string& name, size_t prefix) { return name.substr(prefix); }

std::string StepName(Operation::Step step) {
  return Operation::Step_IsValid(step) ? Short(Operation::Step_Name(step), sizeof("STEP_") - 1) : "?";
}

const char* WhatIsDone(const Operation& operation, Operation::Step step) {
  switch (step) {
    case Operation::STEP_CHECK:
      return "the registry is asked";
    case Operation::STEP_ZONE:
      return "its zone is adopted or made";
    case Operation::STEP_SERVE:
      return "three of its nameservers come to serve the zone";
    case Operation::STEP_CONTACTS:
      return "its contacts are made known to the registry";
    case Operation::STEP_HOSTS:
      return "its nameservers' names are made known to the registry";
    case Operation::STEP_COMMAND:
      return "the registry does it";
    case Operation::STEP_PENDING:
      return "the registry has it, and decides";
    case Operation::STEP_ROLL_BACK:
      return "it was refused: what was made for it is taken back";
    case Operation::STEP_DONE:
      return operation.state() == Operation::STATE_FAILED ? "nothing of it is left"
                                                          : "the registry has it so";
    default:
      return "";
  }
}

// Tells each step once, and each trouble.
class Steps {
 public:
  void Tell(const Operation& operation) {
    for (int i = told_; i < operation.steps_size(); ++i) {
      const v1::DomainStep& step = operation.steps(i);
      const auto since = step.time() - operation.create_time();
      const double ms = static_cast<double>(TimeUtil::DurationToMicroseconds(since)) / 1e3;
      std::fprintf(stderr, "%7.1f ms  %-9s %s\n", ms, StepName(step.step()).c_str(),
                   WhatIsDone(operation, step.step()));
    }
    told_ = operation.steps_size();
    if (operation.trouble() == trouble_) return;
    trouble_ = operation.trouble();
    if (trouble_.empty()) return;
    const std::string next = operation.has_next_try_time()
                                 ? absl::StrCat("; next try ", FormatTime(operation.next_try_time()))
                                 : std::string();
    std::fprintf(
        stderr, "%s\n",
        Coloured(Colour::kYellow, absl::StrCat("   waiting: ", Printable(trouble_), next), 2).c_str());
  }

 private:
  int told_ = 0;
  std::string trouble_;
};

std::string OutcomeText(const Operation& operation) {
  return operation.code() == 0 ? operation.message()
                               : absl::StrCat("the registry refused it: ", operation.message(), " (EPP ",
                                              operation.code(), ")");
}

}  // namespace

std::string KindText(const Operation& operation) {
  return Operation::Kind_IsValid(operation.kind())
             ? Short(Operation::Kind_Name(operation.kind()), sizeof("KIND_") - 1)
             : "?";
}

std::string StateText(const Operation& operation) {
  if (!Operation::State_IsValid(operation.state())) return "?";
  const std::string text = Short(Operation::State_Name(operation.state()), sizeof("STATE_") - 1);
  if (operation.state() == Operation::STATE_SUCCESSFUL) return Coloured(Colour::kGreen, text);
  return Coloured(operation.state() == Operation::STATE_FAILED ? Colour::kRed : Colour::kYellow, text);
}

std::string StepText(const Operation& operation) {
  return operation.steps().empty() ? "-" : StepName(operation.steps().rbegin()->step());
}

bool IsOver(const Operation& operation) {
  return operation.state() == Operation::STATE_SUCCESSFUL || operation.state() == Operation::STATE_FAILED;
}

void PrintOperation(const Session& session, const Operation& operation) {
  if (session.PrintMessage(operation)) return;
  std::vector<std::string> steps;
  for (const v1::DomainStep& step : operation.steps()) steps.push_back(StepName(step.step()));
  std::vector<std::pair<std::string, std::string>> fields = {
      {"Operation", LastPart(operation.name())},
      {"Kind", KindText(operation)},
      {"Domain", LastPart(operation.domain())},
      {"State", StateText(operation)},
      {"Steps", OrNone(absl::StrJoin(steps, " → "))},
      {"Begun", absl::StrCat(FormatTime(operation.create_time()), " by ", OrNone(operation.principal()))}};
  if (operation.has_end_time()) fields.push_back({"Ended", FormatTime(operation.end_time())});
  if (!operation.zone().empty()) fields.push_back({"Zone", LastPart(operation.zone())});
  if (!operation.nameservers().empty())
    fields.push_back({"Nameservers", absl::StrJoin(operation.nameservers(), " ")});
  if (!operation.trouble().empty()) {
    fields.push_back({"Waiting", operation.trouble()});
    fields.push_back({"Next try", FormatTime(operation.next_try_time())});
  }
  if (operation.state() == Operation::STATE_FAILED) fields.push_back({"Why", OutcomeText(operation)});
  PrintFields(fields);
}

Operation FollowOperation(Session& session, const Operation& operation) {
  const auto deadline = std::chrono::system_clock::now() + session.patience();
  const auto stub = v1::DomainService::NewStub(session.channel());
  v1::WatchDomainOperationRequest request;
  request.set_name(operation.name());
  Operation last = operation;
  Steps steps;
  for (;;) {
    grpc::ClientContext context;
    session.PrepareOpenEnded(context);
    context.set_deadline(deadline);
    // It is known to be there: a controller that can't be reached now may be one that starts.
    context.set_wait_for_ready(true);
    const auto reader = stub->WatchDomainOperation(&context, request);
    while (reader->Read(&last)) {
      if (!session.json()) steps.Tell(last);
    }
    const grpc::Status status = reader->Finish();
    if (status.ok() && IsOver(last)) return last;
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) break;
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) session.Check(status, context);
  }
  PrintOperation(session, last);
  session.Fail(
      kRefused,
      absl::StrFormat("the operation has not ended after %g s, and goes on; `quartet domain operation %s "
                      "--wait` waits for it",
                      session.timeout_seconds, LastPart(last.name())));
}

void CheckOperation(const Session& session, const Operation& operation) {
  if (operation.state() != Operation::STATE_FAILED) return;
  session.Fail(kRefused, absl::StrCat(KindText(operation), " of ", LastPart(operation.domain()),
                                      " failed, and nothing of it is left: ", OutcomeText(operation)));
}

void FinishOperation(Session& session, const Operation& operation, bool wait) {
  const Operation last = wait ? FollowOperation(session, operation) : operation;
  PrintOperation(session, last);
  CheckOperation(session, last);
}

}  // namespace quartet::admin
