#include "replication/feed/questions.h"

#include "absl/strings/str_cat.h"

namespace quartet::replication {

absl::Status Questions::Add(const v1::Inquiry& inquiry) {
  if (unanswered_.size() >= kMaxUnanswered) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the node has ", kMaxUnanswered, " inquiries to answer; ask again later"));
  }
  for (const v1::Inquiry& other : unanswered_) {
    if (other.id() == inquiry.id())
      return absl::AlreadyExistsError(absl::StrCat("inquiry ", inquiry.id(), " is being answered"));
  }
  unanswered_.push_back(inquiry);
  return absl::OkStatus();
}

std::optional<v1::Inquiry> Questions::Next() {
  if (sent_ || unanswered_.empty()) return std::nullopt;
  sent_ = true;
  next_part_ = 0;
  return unanswered_.front();
}

absl::Status Questions::Answered(const v1::ReportPart& part) {
  if (!sent_ || part.inquiry() != unanswered_.front().id() || part.part() != next_part_) {
    return absl::InvalidArgumentError(
        absl::StrCat("part ", part.part(), " of a report on inquiry ", part.inquiry(), " is not the next"));
  }
  if (part.part() >= kMaxParts || part.ByteSizeLong() > kMaxPartBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "a report of more than ", kMaxParts, " parts, or a part of more than ", kMaxPartBytes, " bytes"));
  }
  ++next_part_;
  if (!part.last()) return absl::OkStatus();
  unanswered_.pop_front();
  sent_ = false;
  return absl::OkStatus();
}

std::vector<v1::ReportPart> Questions::Abandon(absl::string_view error) {
  std::vector<v1::ReportPart> parts;
  for (const v1::Inquiry& inquiry : unanswered_) {
    v1::ReportPart& part = parts.emplace_back();
    part.set_inquiry(inquiry.id());
    part.set_part(sent_ && parts.size() == 1 ? next_part_ : 0);
    part.set_last(true);
    part.set_error(std::string(error));
  }
  unanswered_.clear();
  sent_ = false;
  return parts;
}

}  // namespace quartet::replication
