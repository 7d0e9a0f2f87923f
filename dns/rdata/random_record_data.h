// Random names and record data for property tests: well formed, and drawn to be awkward.
#pragma once

#include <random>
#include <span>

#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/rdata/type.h"

namespace quartet::dns {

// Names from few labels, so that they share suffixes and meet each other in other case, and some of any
// octets.
Name RandomName(std::mt19937& random);

// Data of any type; of types without a layout, opaque octets.
RecordData RandomRecordData(Type type, std::mt19937& random);

// The types that have a layout, and two without.
std::span<const Type> TypesForTests();

}  // namespace quartet::dns
