// The kinds of operations that there are: a stanza each.
#pragma once

#include "controller/registrar/operations/step.h"
#include "quartet/stored/v1/domain.pb.h"

namespace quartet::controller {

// nullptr: none of that kind is known.
const OperationKind* KindOf(stored::v1::DomainOperationKind kind);

}  // namespace quartet::controller
