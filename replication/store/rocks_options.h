// RocksDB's options.
#pragma once

#include <rocksdb/options.h>

#include "replication/store/rocks_store.h"

namespace quartet::store {

rocksdb::Options ToRocksDb(const RocksOptions& options);

}  // namespace quartet::store
