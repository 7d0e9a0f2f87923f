// Questions about a world: its names and what lies beside, above and below them.
#pragma once

#include <vector>

#include "tests/differential/dice.h"
#include "tests/differential/question.h"
#include "tests/differential/zone_generator.h"

namespace quartet::differential {

std::vector<Question> MakeQuestions(size_t world, const WorldText& text, size_t count, Dice& dice);

}  // namespace quartet::differential
