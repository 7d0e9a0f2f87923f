// The record structure of RocksDB's write-ahead logs and manifests.
#pragma once

#include <cstdint>
#include <string>

namespace quartet::store {

// Whether the first `bytes` of the file are whole records, one behind the other. Empty if so; else what is wrong, and where.
// Looks at lengths only: a record of the right length with other damage has a wrong checksum, which RocksDB finds.
std::string FaultInLogFile(const std::string& path, uint64_t bytes);

}  // namespace quartet::store
