// Random record data in presentation format that every server here takes.
#pragma once

#include <string>

#include "tests/differential/dice.h"

namespace quartet::differential {

// A type for ordinary data: none that makes a cut or an alias.
std::string RandomDataType(Dice& dice);
// Whether its data holds the name of a host.
bool HasTarget(const std::string& type);
// `target`: a name for types that hold one.
std::string RandomData(const std::string& type, const std::string& target, Dice& dice);

}  // namespace quartet::differential
