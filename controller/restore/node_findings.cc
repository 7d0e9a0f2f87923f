#include "controller/restore/node_findings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace quartet::controller {

NodeFindings::NodeFindings(const Roster& roster, const std::vector<replication::NodeProgress>& progress,
                           const stored::v1::RestoreRow& restore)
    : restore_(restore) {
  for (const auto& [id, node] : roster.nodes) {
    if (node.row.state() == stored::v1::NODE_STATE_DRAINED) continue;
    admin::v1::RestoredNode& found = nodes_[id];
    found.set_name(absl::StrCat("nodes/", id));
    found.set_nameserver(absl::StrCat("nameservers/", node.row.nameserver()));
    found.set_counted(IsCounted(node.row));
    found.set_problem("it is not connected");
  }
  for (const replication::NodeProgress& one : progress) {
    const auto found = nodes_.find(one.node);
    if (found == nodes_.end() || !one.connected) continue;
    found->second.set_connected(true);
    found->second.set_problem(
        one.sockets_closed
            ? "it was drained since, and answers nothing: confirmed, it is no longer waited for"
            : "");
  }
}

std::vector<std::string> NodeFindings::connected() const {
  std::vector<std::string> names;
  for (const auto& [id, node] : nodes_) {
    if (node.connected()) names.push_back(id);
  }
  return names;
}

std::string NodeFindings::NameserverOf(const std::string& node) const {
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? "" : found->second.nameserver().substr(sizeof "nameservers/" - 1);
}

void NodeFindings::Cursor(const std::string& node, const quartet::replication::v1::ReportPart& part) {
  const auto found = nodes_.find(node);
  if (found == nodes_.end() || !part.has_cursor() || !seen_all_.emplace(node, false).second) return;
  admin::v1::RestoredNode& row = found->second;
  const uint64_t epoch = part.cursor().epoch();
  const uint64_t index = part.cursor().index();
  row.set_epoch(epoch);
  row.set_index(index);
  const bool same_epoch = epoch == restore_.old_epoch();
  // At one index with another chain: it has seen another history from somewhere on.
  const bool forked =
      same_epoch && index == restore_.old_index() && part.cursor().chain() != restore_.old_chain();
  row.set_ahead(epoch > restore_.old_epoch() || (same_epoch && index > restore_.old_index()) || forked);
  if (same_epoch && row.ahead()) row.set_entries_ahead(index - restore_.old_index());
  seen_all_[node] = row.ahead() || (same_epoch && index == restore_.old_index());
}

void NodeFindings::Ended(const std::string& node, const absl::Status& status) {
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return;
  found->second.set_reported(status.ok());
  if (!status.ok()) found->second.set_problem(std::string(status.message()));
}

bool NodeFindings::HasSeenAll(const std::string& node) const {
  const auto found = seen_all_.find(node);
  return found != seen_all_.end() && found->second;
}

void NodeFindings::Write(admin::v1::Restore& restore) const {
  uint64_t lost = 0;
  for (const auto& [id, node] : nodes_) {
    *restore.add_nodes() = node;
    lost = std::max(lost, node.entries_ahead());
  }
  restore.set_lost_entries(lost);
}

}  // namespace quartet::controller
