// What a store holds, in short words for tests.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "replication/store/store.h"

namespace quartet::store {

using Contents = std::vector<std::pair<std::string, std::string>>;

inline Contents ScanAll(const Reader& reader, absl::string_view begin = "", absl::string_view end = "") {
  Contents contents;
  const auto walk = reader.Scan(begin, end);
  for (; walk->Valid(); walk->Next()) contents.emplace_back(walk->key(), walk->value());
  EXPECT_TRUE(walk->status().ok()) << walk->status();
  return contents;
}

// The value, or nullopt; an error fails the test.
inline std::optional<std::string> Find(const Reader& reader, absl::string_view key) {
  auto value = reader.Get(key);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *std::move(value) : std::nullopt;
}

inline Batch PutsOf(const Contents& contents) {
  Batch batch;
  for (const auto& [key, value] : contents) batch.Put(key, value);
  return batch;
}

}  // namespace quartet::store
