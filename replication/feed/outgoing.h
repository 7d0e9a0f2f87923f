// A message to a node, serialised once: streams that get the same one share its bytes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"

namespace quartet::replication {

// A value; cheap to copy. Thread-safe.
class Outgoing {
 public:
  explicit Outgoing(const quartet::replication::v1::SubscribeResponse& message)
      : Outgoing(message.SerializeAsString()) {}
  // `bytes`: a serialised SubscribeResponse.
  explicit Outgoing(std::string bytes) : bytes_(std::make_shared<const std::string>(std::move(bytes))) {}

  const std::shared_ptr<const std::string>& bytes() const { return bytes_; }
  size_t size() const { return bytes_->size(); }
  // For drivers that have no network between them and the node.
  quartet::replication::v1::SubscribeResponse Parse() const;

 private:
  std::shared_ptr<const std::string> bytes_;
};

// Appends a field of bytes (a message, a string) to a serialised message.
void AppendField(int number, absl::string_view bytes, std::string& out);

}  // namespace quartet::replication
