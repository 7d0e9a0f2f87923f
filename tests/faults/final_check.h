// When all is quiet: every node answers for every owner of a zone with just what the zone's story says.
#pragma once

#include <cstdint>

#include "tests/faults/answer_reader.h"
#include "tests/faults/tally.h"

namespace quartet::tests {

// Asks all nodes of the zone, one question after the other. Nobody may change it meanwhile.
void CheckAllAnswers(const ReadZone& zone, uint16_t port, Tally& tally);

}  // namespace quartet::tests
