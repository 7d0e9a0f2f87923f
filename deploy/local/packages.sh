# Debian 12 packages. Sourced by deploy/local/install.

# To build Quartet and to run a local cluster.
BUILD_PACKAGES=(
  bazel-bootstrap bazel-platforms bazel-rules-java bazel-rules-proto bazel-skylib g++ openssl python3
  libabsl-dev libcli11-dev libgrpc++-dev libjemalloc-dev libldns-dev libprotobuf-dev librocksdb-dev libspdlog-dev
  libssl-dev liburcu-dev libxml2-dev libyaml-dev prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc
)

# To test it: sanitizers and linters, and other name servers to compare with.
TEST_PACKAGES=(
  ca-certificates clang clang-format clang-tidy libbenchmark-dev libclang-rt-14-dev libgmock-dev libgtest-dev llvm
  bind9 bind9-dnsutils dnsperf fakeroot git iproute2 knot knot-dnsutils libnet-epp-perl nsd unbound
)

# Services of TEST_PACKAGES, PACKAGE:SERVICE: we want the programs, not a name server on port 53.
TEST_SERVICES=(bind9:named knot:knot nsd:nsd unbound:unbound)
