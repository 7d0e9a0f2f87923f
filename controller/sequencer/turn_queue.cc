#include "controller/sequencer/turn_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

// What judging a proposal costs however small it is, as bytes.
constexpr size_t kProposalCost = 512;

size_t CostOf(const Proposal& proposal) { return kProposalCost + proposal.bytes; }

// Ids of zones have no slash, so that nobody can be called like a zone.
std::string KeyOf(const Proposal& proposal) {
  return proposal.zone_id.empty() ? absl::StrCat("/", proposal.principal) : proposal.zone_id;
}

}  // namespace

absl::Status TurnQueue::Push(Item& item) {
  const size_t bytes = item.proposal.bytes;
  if (size_ >= options_.proposals || (size_ > 0 && bytes_ + bytes > options_.bytes)) {
    return absl::ResourceExhaustedError("too many changes are waiting to be written; try again later");
  }
  const auto [queue, added] = queues_.try_emplace(KeyOf(item.proposal));
  Waiting& waiting = queue->second;
  if (added) {
    waiting.credit = options_.turn_bytes;
    turns_.push_back(&*queue);
  } else if (waiting.items.size() >= options_.zone_proposals || waiting.bytes + bytes > options_.zone_bytes) {
    return absl::ResourceExhaustedError(
        item.proposal.zone_id.empty()
            ? "too many requests of this caller are waiting; try again later"
            : "too many changes of this zone are waiting to be written; try again later");
  }
  waiting.bytes += bytes;
  waiting.items.push_back(std::move(item));
  bytes_ += bytes;
  ++size_;
  return absl::OkStatus();
}

// Whose turn it is. A turn ends when the credit does not reach for what is next; the next turn's credit is added then.
// Ends: each time round all credits grow.
TurnQueue::Queues::value_type& TurnQueue::InTurn() {
  // One alone need not wait for its credit.
  while (turns_.size() > 1) {
    Waiting& waiting = turns_.front()->second;
    if (waiting.credit >= CostOf(waiting.items.front().proposal)) break;
    waiting.credit += options_.turn_bytes;
    turns_.push_back(turns_.front());
    turns_.pop_front();
  }
  return *turns_.front();
}

std::optional<TurnQueue::Item> TurnQueue::Pop() {
  if (turns_.empty()) return std::nullopt;
  Queues::value_type& queue = InTurn();
  Waiting& waiting = queue.second;
  Item item = std::move(waiting.items.front());
  waiting.items.pop_front();
  waiting.credit -= std::min(waiting.credit, CostOf(item.proposal));
  waiting.bytes -= item.proposal.bytes;
  bytes_ -= item.proposal.bytes;
  --size_;
  if (waiting.items.empty()) {
    turns_.pop_front();
    queues_.erase(queues_.find(queue.first));
  }
  return item;
}

}  // namespace quartet::controller
