// For mutations: what the controller's machines see of its replica.
#pragma once

#include "tests/simulation/edited_store.h"
#include "tests/simulation/mutation.h"

namespace quartet::simulation {

// With other mutations they change nothing.
EditValueFn SeenBySequencer(Mutation mutation);
EditValueFn SeenByPublisher(Mutation mutation);
EditValueFn SeenByDriver(Mutation mutation);

}  // namespace quartet::simulation
