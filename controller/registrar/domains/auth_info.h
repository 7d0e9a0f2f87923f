// Secrets that prove at a registry whose a domain is (RFC 5731 §2.6).
#pragma once

#include <string>

#include "replication/base/clock.h"

namespace quartet::controller {

// 16 characters, as all registries take them: at least one lower-case letter, one upper-case letter, one digit and one of "-+",
// and over 80 random bits. `random` has to be fit for secrets.
std::string NewAuthInfo(replication::Random& random);

}  // namespace quartet::controller
