# Debian 12 packages. Sourced by deploy/local/install.

# To build Quartet and to run a local cluster; knot and unbound serve and ask beside it in the quickstart.
BUILD_PACKAGES=(
  bazel-bootstrap bazel-platforms bazel-rules-java bazel-rules-proto bazel-skylib g++ knot openssl python3 unbound
  libabsl-dev libcivetweb-dev libcli11-dev libgrpc++-dev libjemalloc-dev libldns-dev libprotobuf-dev librocksdb-dev libspdlog-dev
  libssl-dev liburcu-dev libxml2-dev libyaml-dev prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc
)

# To test it: sanitizers and linters, and other name servers to compare with.
TEST_PACKAGES=(
  ca-certificates clang clang-format clang-tidy libbenchmark-dev libclang-rt-14-dev libgmock-dev libgtest-dev llvm
  bind9 bind9-dnsutils dnsperf fakeroot git iproute2 knot-dnsutils libnet-epp-perl nsd
)

# Services of these packages, PACKAGE:SERVICE: we want the programs, not a name server on port 53.
SERVICES=(bind9:named knot:knot nsd:nsd unbound:unbound)
