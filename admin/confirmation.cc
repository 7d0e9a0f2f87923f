#include "admin/confirmation.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "absl/strings/ascii.h"
#include "admin/output.h"

namespace quartet::admin {

void AskForYes(const Session& session, const std::string& question, bool input_taken) {
  if (isatty(STDIN_FILENO) == 0 || input_taken)
    session.Fail(kUsage, "nothing was changed: there is no terminal to ask at; say --yes to have it done");
  std::fprintf(stderr, "%s Do it? [y/N] ", Printable(question).c_str());
  std::fflush(stderr);
  std::string answer;
  std::getline(std::cin, answer);
  absl::StripAsciiWhitespace(&answer);
  absl::AsciiStrToLower(&answer);
  if (answer != "y" && answer != "yes") session.Fail(kRefused, "nothing was changed");
}

}  // namespace quartet::admin
