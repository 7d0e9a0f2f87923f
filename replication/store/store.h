// An ordered key-value store with atomic writes: what replicas and the log stand on.
//
// Two stores implement it: RocksStore (RocksDB, on disk) and MemoryStore (which can lose what was not synced,
// for simulations). A contract suite runs on both. Keys and values are bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::store {

// Writes that happen all or not at all, in the order they were added. Not thread-safe.
//
// It holds copies of keys and values, one behind the other in a few blocks: a write of a hundred thousand record sets
// makes a hundred allocations.
class Batch {
 public:
  Batch() = default;
  Batch(Batch&&) = default;
  Batch& operator=(Batch&&) = default;
  Batch(const Batch& other) { Append(other); }
  Batch& operator=(const Batch& other);

  void Put(absl::string_view key, absl::string_view value);
  void Delete(absl::string_view key);
  // Removes all keys in [begin, end); nothing if `end` is not above `begin`, an empty one included.
  void DeleteRange(absl::string_view begin, absl::string_view end);
  // Appends all of `other` behind what is here.
  void Append(const Batch& other);

  bool empty() const { return operations_.empty(); }
  // Bytes of keys and values.
  size_t bytes() const { return bytes_; }
  void Clear();

  // Views hold until Clear or the end of the batch, whatever is added to it or wherever it is moved.
  struct Operation {
    enum class Kind : uint8_t { kPut, kDelete, kDeleteRange } kind;
    absl::string_view key;
    // kPut: the value; kDeleteRange: the end.
    absl::string_view value;
  };
  const std::vector<Operation>& operations() const { return operations_; }

 private:
  void Add(Operation::Kind kind, absl::string_view key, absl::string_view value);
  // Room for so many bytes, in the last block if it has it.
  char* Room(size_t bytes);

  std::vector<Operation> operations_;
  size_t bytes_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
  // What is left of the last block.
  char* free_ = nullptr;
  size_t free_bytes_ = 0;
};

// Walks [begin, end) upward. Sees the state of the moment it was made. Not thread-safe.
class Iterator {
 public:
  virtual ~Iterator() = default;
  virtual bool Valid() const = 0;
  // Precondition of Next, key and value: Valid(). Views last until Next or the end of the iterator.
  virtual void Next() = 0;
  virtual absl::string_view key() const = 0;
  virtual absl::string_view value() const = 0;
  // Not OK if the walk ended by an error (DATA_LOSS: a block's checksum is wrong) and not at the end.
  virtual absl::Status status() const = 0;
};

class Reader {
 public:
  virtual ~Reader() = default;
  // nullopt: no such key. DATA_LOSS: its bytes are damaged.
  virtual absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const = 0;
  // An empty `end` is the end of all keys.
  virtual std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const = 0;
};

// Thread-safe.
class Store : public Reader {
 public:
  enum class Sync { kNo, kYes };
  // On return the batch is visible to every read; with kYes it, and every write before it, survives a crash.
  // RESOURCE_EXHAUSTED: the disk is full; DATA_LOSS: what is stored is damaged, and no write is taken any more until the store
  // was made anew; UNAVAILABLE: it can't be written (the reason is in the message, and
  // holds for every later write until the store is opened anew or the cause has gone). A failed batch leaves
  // nothing behind.
  virtual absl::Status Write(const Batch& batch, Sync sync) = 0;
  // The state of this moment, unmoved by later writes.
  virtual std::unique_ptr<Reader> Snapshot() const = 0;
  // Makes `directory`, which must not be there, a store of its own that holds what this one held at some moment during
  // the call. Cheap: the files that never change are linked, so it has to be on the same disk. UNIMPLEMENTED: this store
  // has no files; RESOURCE_EXHAUSTED: the disk is full. What a failure leaves behind is the caller's to remove.
  virtual absl::Status Checkpoint(const std::string& directory) const;
};

// What `base` would be after `batch`: reads see both. Keeps references to both; additions to the batch must
// go through this object so that reads see them. Not thread-safe.
class Overlay : public Reader {
 public:
  Overlay(const Reader& base, Batch& batch);
  ~Overlay() override;

  void Put(absl::string_view key, absl::string_view value);
  void Delete(absl::string_view key);
  void DeleteRange(absl::string_view begin, absl::string_view end);
  // A put of a key that is not there, and that nobody reads or writes through this overlay: reads don't see it. For the
  // record sets of a new generation, which are many.
  void PutUnread(absl::string_view key, absl::string_view value) { batch_.Put(key, value); }
  // Operations of the batch so far.
  size_t operations() const { return batch_.operations().size(); }

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override;

 private:
  struct Index;
  const Reader& base_;
  Batch& batch_;
  std::unique_ptr<Index> index_;
};

// The least string greater than all that begin with `prefix`; empty if there is none.
std::string PrefixEnd(absl::string_view prefix);

}  // namespace quartet::store
