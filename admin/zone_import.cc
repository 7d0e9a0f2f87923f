#include "admin/zone_import.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "admin/output.h"
#include "admin/progress_line.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

constexpr size_t kPiece = 256 << 10;

using Stream = grpc::ClientReaderWriter<v1::ImportZoneRequest, v1::ImportZoneResponse>;

// Calls `bark` once nobody has petted it for so long.
class Watchdog {
 public:
  Watchdog(double seconds, std::function<void()> bark)
      : patience_(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))),
        bark_(std::move(bark)),
        due_(Clock::now() + patience_),
        thread_([this] { Run(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void Pet() {
    const std::lock_guard<std::mutex> lock(mutex_);
    due_ = Clock::now() + patience_;
  }
  bool barked() const { return barked_; }

 private:
  using Clock = std::chrono::steady_clock;

  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ended_ && Clock::now() < due_) wake_.wait_until(lock, due_);
    if (ended_) return;
    barked_ = true;
    bark_();
  }

  const Clock::duration patience_;
  const std::function<void()> bark_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::atomic<bool> barked_ = false;
  Clock::time_point due_;
  std::thread thread_;
};

std::string Words(const v1::ImportProgress& progress) {
  const std::string done = WithCommas(progress.done());
  const std::string of = progress.total() > 0 ? absl::StrCat(" of ", WithCommas(progress.total())) : "";
  switch (progress.phase()) {
    case v1::ImportProgress::PHASE_RECEIVING:
      return absl::StrCat("sending: ", done, of, " bytes");
    case v1::ImportProgress::PHASE_READING:
      return absl::StrCat("reading: ", done, of, " bytes");
    case v1::ImportProgress::PHASE_CHECKING:
      return absl::StrCat("checking: ", done, of, " record sets");
    case v1::ImportProgress::PHASE_STAGING:
      return absl::StrCat("staging: ", done, of, " record sets");
    default:
      return "";
  }
}

// The file, read once from its begin.
class Source {
 public:
  Source(const Session& session, const std::string& path) : path_(path) {
    errno = 0;
    if (path != "-") file_.open(path, std::ios::binary);
    if (!in() || in().peek() == std::istream::traits_type::eof()) {
      session.Fail(
          kUsage, absl::StrCat("can't read ", path, ": ", errno != 0 ? std::strerror(errno) : "it is empty"));
    }
  }

  // The next piece; empty at the end, or if it can't be read.
  std::string Next() {
    std::string piece(kPiece, '\0');
    in().read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<size_t>(in().gcount()));
    return piece;
  }
  bool failed() { return in().bad(); }

 private:
  std::istream& in() { return path_ == "-" ? std::cin : file_; }

  const std::string path_;
  std::ifstream file_;
};

// False: the file could not be read to its end, so that no end was sent.
bool Send(Stream& stream, const v1::ImportStart& start, Source& source) {
  v1::ImportZoneRequest request;
  *request.mutable_start() = start;
  uint64_t bytes = 0;
  bool taken = stream.Write(request);
  for (std::string piece = source.Next(); taken && !piece.empty(); piece = source.Next()) {
    bytes += piece.size();
    request.set_text(std::move(piece));
    taken = stream.Write(request);
  }
  if (source.failed()) return false;
  request.mutable_end()->set_bytes(bytes);
  if (taken) stream.Write(request);
  stream.WritesDone();
  return true;
}

void PrintWarnings(const Session& session, const v1::ImportResult& result) {
  session.PrintWarnings(result.warnings());
  const int more = static_cast<int>(result.total_warnings()) - result.warnings_size();
  if (more > 0) std::fprintf(stderr, "quartet: … and %d more warnings\n", more);
}

}  // namespace

v1::ImportResult ImportFile(Session& session, v1::ImportStart start, const std::string& path) {
  Source source(session, path);
  start.set_file_name(path == "-" ? "standard input" : path);
  start.set_request_id(Session::NewRequestId());
  const auto stub = v1::ZoneService::NewStub(session.channel());
  grpc::ClientContext context;
  session.PrepareOpenEnded(context);
  v1::ImportResult result;
  bool read_whole = true;
  grpc::Status status;
  bool silent = false;
  {
    ProgressLine line;
    Watchdog watchdog(session.timeout_seconds, [&context] { context.TryCancel(); });
    const auto stream = stub->ImportZone(&context);
    std::thread sender([&] {
      read_whole = Send(*stream, start, source);
      // The controller takes what has no end for cut off; this tells it at once.
      if (!read_whole) context.TryCancel();
    });
    v1::ImportZoneResponse response;
    while (stream->Read(&response)) {
      watchdog.Pet();
      if (response.has_progress()) line.Show(Words(response.progress()));
      if (response.has_result()) result = std::move(*response.mutable_result());
    }
    sender.join();
    status = stream->Finish();
    silent = watchdog.barked();
  }
  if (!read_whole)
    session.Fail(kUsage, absl::StrCat("can't read ", path, " to its end; nothing was imported"));
  if (!status.ok() && silent) {
    session.Fail(
        kUnreachable,
        absl::StrCat("nothing was heard from ", session.controller, " for ", session.timeout_seconds,
                     " s; the import was given up, unless its last step was under way (--timeout waits "
                     "longer)"));
  }
  session.Check(status, context);
  PrintWarnings(session, result);
  return result;
}

}  // namespace quartet::admin
