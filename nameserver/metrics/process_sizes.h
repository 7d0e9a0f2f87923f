// How much a node takes of disk and memory.
#pragma once

#include <cstdint>
#include <string>

namespace quartet::nameserver {

// Bytes of the files in a folder, without those of folders in it; 0 if it can't be read.
uint64_t BytesIn(const std::string& folder);

// Resident memory of this process (Linux); 0 if unknown.
uint64_t ResidentBytes();

}  // namespace quartet::nameserver
