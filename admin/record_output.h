// Record sets, and what becomes of them, as people see them.
#pragma once

#include "google/protobuf/repeated_field.h"

namespace quartet::admin {

namespace v1 {
class RecordSet;
class RecordSetEffect;
}  // namespace v1

// One line a value, "- owner ttl type value" for what goes and "+ …" for what comes.
void PrintEffect(const v1::RecordSetEffect& effect);

// A table, one line a value; a wide one says who maintains them.
void PrintRecordSets(const google::protobuf::RepeatedPtrField<v1::RecordSet>& sets, bool wide);

}  // namespace quartet::admin
