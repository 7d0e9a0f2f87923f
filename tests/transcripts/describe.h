// Messages, writes and updates as lines of a transcript.
#pragma once

#include <string>
#include <vector>

#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::tests {

// "Za" for "Za000000000000".
std::string ShortId(const std::string& zone_id);

std::string Describe(const replication::v1::SubscribeRequest& message);
std::string Describe(const replication::v1::SubscribeResponse& message);
std::string Describe(const replication::ZoneUpdate& update);
// One line for each key or range written.
std::vector<std::string> Describe(const store::Batch& batch);

}  // namespace quartet::tests
