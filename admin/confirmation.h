// Asking whether to go on.
#pragma once

#include <string>

#include "admin/session.h"

namespace quartet::admin {

// Asks at the terminal: "`question` Do it? [y/N]". Returns if the answer is yes, else exits, with nothing changed. Without a
// terminal on standard input (or if that is `input_taken`) nobody can say yes: exits and names --yes.
void AskForYes(const Session& session, const std::string& question, bool input_taken = false);

}  // namespace quartet::admin
