#include "controller/registrar/operations/step.h"

#include "absl/strings/str_cat.h"

namespace quartet::controller {

StepResult NotDone(const Verdict& verdict, const std::string& what) {
  const std::string said = absl::StrCat(what, ": ", verdict.message);
  switch (verdict.kind) {
    case Verdict::Kind::kRefused:
      return StepResult::Fail(verdict.code, said);
    case Verdict::Kind::kUnknown: {
      StepResult result =
          StepResult::Later(absl::StrCat(said, "; whether it was done is not known, and will be found out"));
      result.uncertain = true;
      return result;
    }
    case Verdict::Kind::kConfiguration:
      return StepResult::Later(
          absl::StrCat(said, "; somebody has to mend the configuration of the registry"));
    case Verdict::Kind::kDone:
    case Verdict::Kind::kPending:
    case Verdict::Kind::kLater:
      break;
  }
  return StepResult::Later(said);
}

}  // namespace quartet::controller
