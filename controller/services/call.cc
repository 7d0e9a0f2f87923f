#include "controller/services/call.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "controller/zones/faults.h"
#include "proto/transport/credentials.h"

namespace quartet::controller {
namespace {

// A client takes 8 KiB of metadata unless it is told otherwise, and then says so (see ZoneService). What does
// not fit is counted, not listed.
constexpr size_t kDefaultFaultBytes = 5 << 10;
constexpr size_t kMaxFaultBytes = 256 << 10;

size_t FaultBytes(const grpc::ServerContextBase& context) {
  const auto found = context.client_metadata().find("quartet-fault-bytes");
  uint32_t bytes = 0;
  if (found == context.client_metadata().end() ||
      !absl::SimpleAtoi(absl::string_view(found->second.data(), found->second.size()), &bytes)) {
    return kDefaultFaultBytes;
  }
  return std::min<size_t>(bytes, kMaxFaultBytes);
}

std::string SerializeWithin(admin::v1::Faults faults, size_t bytes) {
  while (faults.faults_size() > 1 && faults.ByteSizeLong() > bytes) {
    const double share = static_cast<double>(bytes) / static_cast<double>(faults.ByteSizeLong());
    const int keep = std::max(1, static_cast<int>(faults.faults_size() * share));
    faults.mutable_faults()->DeleteSubrange(keep, faults.faults_size() - keep);
  }
  return faults.SerializeAsString();
}

}  // namespace

absl::StatusOr<Caller> AdminCaller(const grpc::ServerContextBase& context) {
  const absl::StatusOr<transport::Identity> identity = transport::PeerIdentity(context);
  if (!identity.ok()) return identity.status();
  if (identity->kind != transport::Identity::Kind::kAdmin) {
    return absl::PermissionDeniedError(
        absl::StrCat(identity->ToString(), " is no admin; only quartet://admin/NAME may call this"));
  }
  return Caller{identity->ToString()};
}

grpc::Status ToGrpc(const absl::Status& status, grpc::ServerContextBase& context) {
  if (status.ok()) return grpc::Status::OK;
  if (std::optional<admin::v1::Faults> faults = FaultsOf(status)) {
    context.AddTrailingMetadata("quartet-faults-bin",
                                SerializeWithin(*std::move(faults), FaultBytes(context)));
  }
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

}  // namespace quartet::controller
