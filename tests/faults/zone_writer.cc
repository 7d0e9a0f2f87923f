#include "tests/faults/zone_writer.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "quartet/admin/v1/change.grpc.pb.h"
#include "quartet/admin/v1/record_set.grpc.pb.h"
#include "tests/faults/zone_story.h"

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;

// A stopped controller is noticed after it.
constexpr std::chrono::seconds kAnswerWithin{5};
constexpr std::chrono::milliseconds kPause{20};
// After an outage changes come faster, until those of so long are made good.
constexpr int64_t kMadeGoodUs = 5'000'000;

// The change may have been made or not: to be sent again.
bool IsUnknown(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::DEADLINE_EXCEEDED ||
         code == grpc::StatusCode::CANCELLED;
}

}  // namespace

ZoneWriter::ZoneWriter(std::shared_ptr<grpc::Channel> channel, Options options, Tally& tally)
    : channel_(std::move(channel)),
      options_(std::move(options)),
      tally_(tally),
      writing_([this] { Write(); }),
      following_([this] { Follow(); }) {}

ZoneWriter::~ZoneWriter() {
  finishing_ = true;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    giving_up_ = true;
  }
  moved_.notify_all();
  writing_.join();
  following_.join();
}

void ZoneWriter::Write() {
  int64_t next_us = NowMicros();
  for (int64_t number = 0; !finishing_; ++number) {
    progress_.sent = number;
    ++tally_.sent;
    if (!Change(number)) break;
    next_us = std::max(next_us + options_.period_us, NowMicros() - kMadeGoodUs);
    std::this_thread::sleep_for(std::chrono::microseconds(std::max<int64_t>(0, next_us - NowMicros())));
  }
  written_ = true;
}

// False: refused, or given up.
bool ZoneWriter::Change(int64_t number) {
  const auto stub = v1::RecordSetService::NewStub(channel_);
  const v1::ChangeRecordSetsRequest request = MakeChange(options_.zone, options_.run, number);
  const int64_t sent_us = NowMicros();
  while (!giving_up_) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kAnswerWithin);
    context.set_wait_for_ready(true);
    v1::Change response;
    const grpc::Status status = stub->ChangeRecordSets(&context, request, &response);
    if (!status.ok()) {
      if (!IsUnknown(status.error_code())) {
        tally_.Violation("change " + std::to_string(number) + " of " + options_.zone +
                         " was refused: " + status.error_message());
        return false;
      }
      ++tally_.sent_again;
      std::this_thread::sleep_for(kPause);
      continue;
    }
    const uint64_t expected = options_.revision + static_cast<uint64_t>(number) + 1;
    if (response.revision() != expected) {
      tally_.Violation("change " + std::to_string(number) + " of " + options_.zone + " made revision " +
                       std::to_string(response.revision()) + ", not " + std::to_string(expected));
    }
    ++tally_.acknowledged;
    tally_.acknowledged_after.Add(NowMicros() - sent_us);
    progress_.acknowledged = number;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      last_ = {number, response.name(), sent_us};
    }
    moved_.notify_all();
    return true;
  }
  return false;
}

// INSYNC of a change says it of all before it: the latest is followed.
void ZoneWriter::Follow() {
  while (!giving_up_) {
    Acknowledged latest;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      moved_.wait(lock, [this] { return giving_up_ || last_.number > progress_.insync; });
      latest = last_;
    }
    if (giving_up_ || !WatchUntilInsync(latest)) continue;
    tally_.insync_after.Add(NowMicros() - latest.sent_us);
    tally_.insync += latest.number - progress_.insync;
    progress_.insync = latest.number;
  }
}

bool ZoneWriter::WatchUntilInsync(const Acknowledged& acknowledged) {
  const auto stub = v1::ChangeService::NewStub(channel_);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kAnswerWithin);
  context.set_wait_for_ready(true);
  v1::WatchChangeRequest request;
  request.set_name(acknowledged.change);
  const auto stream = stub->WatchChange(&context, request);
  v1::Change change;
  bool insync = false;
  while (stream->Read(&change)) insync = change.state() == v1::Change::STATE_INSYNC;
  const grpc::Status status = stream->Finish();
  if (insync) return true;
  if (!status.ok() && !IsUnknown(status.error_code())) {
    tally_.Violation(acknowledged.change + " of " + options_.zone +
                     " was acknowledged and is lost: " + status.error_message());
    giving_up_ = true;
  }
  std::this_thread::sleep_for(kPause);
  return false;
}

}  // namespace quartet::tests
