#include "controller/reports/node_reports.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/reports/report_check.h"

namespace quartet::controller {
namespace {

using replication::v1::Inquiry;
using replication::v1::ReportPart;

constexpr std::chrono::seconds kPollGivenUp(1);

Inquiry FirstInquiry(const NodeReports::Question& question, uint32_t page_parts) {
  Inquiry inquiry;
  inquiry.set_zone_id(question.zone_id);
  inquiry.set_depth(question.depth);
  inquiry.set_parts(page_parts);
  return inquiry;
}

}  // namespace

// One Collect.
class NodeReports::Collection {
 public:
  Collection(NodeReports& reports, const Question& question, const std::vector<std::string>& nodes,
             const Patience& patience, Listener& listener)
      : reports_(reports),
        first_(FirstInquiry(question, reports.options_.page_parts)),
        patience_(patience),
        listener_(listener),
        waiting_(nodes.begin(), nodes.end()) {}

  void Run() {
    for (;;) {
      AskMore();
      if (telling_.empty()) return;
      std::optional<Arrived> arrived = Next();
      if (arrived.has_value()) Take(*arrived);
      if (absl::Status over = Over(); !over.ok()) return EndAll(over);
      EndSilent();
    }
  }

 private:
  friend class NodeReports;
  struct Arrived {
    uint64_t inquiry;
    ReportPart part;
  };
  struct Telling {
    std::string node;
    ReportCheck check;
    Steady::time_point heard;
  };

  void AskMore() {
    while (!waiting_.empty() && telling_.size() < reports_.options_.nodes_at_once) {
      const std::string node = waiting_.front();
      waiting_.pop_front();
      Ask({node, ReportCheck(first_), Steady::now()});
    }
  }

  // Asks for the next page.
  void Ask(Telling telling) {
    Inquiry inquiry = telling.check.next();
    {
      const std::lock_guard<std::mutex> lock(reports_.mutex_);
      inquiry.set_id(++reports_.last_inquiry_);
      reports_.asked_[inquiry.id()] = {this, telling.node, inquiry.parts()};
    }
    const std::string node = telling.node;
    telling_.emplace(inquiry.id(), std::move(telling));
    // It may be answered before this returns.
    if (absl::Status status = reports_.nodes_.Inquire(node, inquiry); !status.ok()) End(inquiry.id(), status);
  }

  // What came next; nullopt: it is time to look whether somebody is to be given up.
  std::optional<Arrived> Next() {
    std::unique_lock<std::mutex> lock(reports_.mutex_);
    reports_.arrived_.wait_until(lock, WakeUp(), [this] { return reports_.stopped_ || !inbox_.empty(); });
    if (inbox_.empty()) return std::nullopt;
    Arrived arrived = std::move(inbox_.front());
    inbox_.pop_front();
    return arrived;
  }

  Steady::time_point WakeUp() const {
    Steady::time_point at = patience_.deadline;
    if (patience_.given_up) at = std::min(at, Steady::now() + kPollGivenUp);
    for (const auto& [id, telling] : telling_) at = std::min(at, telling.heard + patience_.silence);
    return at;
  }

  void Take(const Arrived& arrived) {
    const auto found = telling_.find(arrived.inquiry);
    if (found == telling_.end()) return;
    Telling& telling = found->second;
    telling.heard = Steady::now();
    absl::Status status = telling.check.Check(arrived.part);
    if (status.ok()) status = listener_.OnPart(telling.node, arrived.part);
    if (!status.ok() || (arrived.part.last() && !arrived.part.more())) return End(arrived.inquiry, status);
    if (!arrived.part.last()) return;
    Telling next = std::move(telling);
    telling_.erase(found);
    Ask(std::move(next));
  }

  absl::Status Over() const {
    {
      const std::lock_guard<std::mutex> lock(reports_.mutex_);
      if (reports_.stopped_) return absl::UnavailableError("the controller is shutting down");
    }
    if (Steady::now() >= patience_.deadline)
      return absl::DeadlineExceededError("it has not told all within the time that was given (--timeout)");
    if (patience_.given_up && patience_.given_up()) return absl::CancelledError("nobody waits any more");
    return absl::OkStatus();
  }

  void EndSilent() {
    std::vector<uint64_t> silent;
    for (const auto& [id, telling] : telling_) {
      if (telling.heard + patience_.silence <= Steady::now()) silent.push_back(id);
    }
    for (const uint64_t id : silent) {
      End(id, absl::DeadlineExceededError(
                  absl::StrCat("it has said nothing for ", patience_.silence.count(), " ms")));
    }
  }

  void EndAll(const absl::Status& status) {
    while (!telling_.empty()) End(telling_.begin()->first, status);
    for (const std::string& node : std::exchange(waiting_, {})) listener_.OnEnd(node, status);
  }

  void End(uint64_t inquiry, const absl::Status& status) {
    {
      const std::lock_guard<std::mutex> lock(reports_.mutex_);
      reports_.asked_.erase(inquiry);
      std::erase_if(inbox_, [&](const Arrived& one) { return one.inquiry == inquiry; });
    }
    const std::string node = telling_.at(inquiry).node;
    telling_.erase(inquiry);
    listener_.OnEnd(node, status);
  }

  NodeReports& reports_;
  const Inquiry first_;
  const Patience& patience_;
  Listener& listener_;
  // Not asked yet.
  std::deque<std::string> waiting_;
  // By the inquiry that each is answering.
  std::map<uint64_t, Telling> telling_;
  // Guarded by reports_.mutex_.
  std::deque<Arrived> inbox_;
};

void NodeReports::Collect(const Question& question, const std::vector<std::string>& nodes,
                          const Patience& patience, Listener& listener) {
  Collection(*this, question, nodes, patience, listener).Run();
}

void NodeReports::OnReport(const std::string& node, const ReportPart& part) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = asked_.find(part.inquiry());
    if (found == asked_.end() || found->second.node != node) return;
    found->second.by->inbox_.push_back({part.inquiry(), part});
    // More than was asked for is for nobody.
    if (part.last() || --found->second.parts_left == 0) asked_.erase(found);
  }
  arrived_.notify_all();
}

void NodeReports::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  arrived_.notify_all();
}

}  // namespace quartet::controller
