// Random zones that are made to be awkward: few labels, so that cuts, wildcards, chains and empty non-terminals
// meet each other; several zones of which one lies below the other.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/differential/dice.h"

namespace quartet::differential {

// All names are relative to the world's base, in presentation format; the base itself is "@".
struct ZoneText {
  std::string apex;
  // One record each; the SOA is first, an NS of the apex second.
  std::vector<std::string> lines;
};

struct WorldText {
  std::vector<ZoneText> zones;
  // Owners and targets, to ask for.
  std::vector<std::string> names;
  // The labels that names were made of.
  std::vector<std::string> labels;
  // "owner", "type": what is there.
  std::vector<std::pair<std::string, std::string>> sets;
};

// What no server takes is not made: a CNAME or a DNAME beside others, names below a DNAME.
WorldText MakeWorld(Dice& dice);

// `label` in front of a relative name.
std::string Below(const std::string& label, const std::string& name);

}  // namespace quartet::differential
