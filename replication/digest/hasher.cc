// SipHash (Aumasson and Bernstein, 2012) with two compression and four finalization rounds and 128 bits of
// output, by OpenSSL.
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>

#include "dns/base/check.h"
#include "replication/digest/digest.h"

namespace quartet::replication {

struct Hasher::State {
  explicit State(absl::string_view key_bytes) {
    QUARTET_CHECK(key_bytes.size() == kKeyBytes);
    key_bytes.copy(reinterpret_cast<char*>(key.data()), key.size());
    mac = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
    // It is part of OpenSSL's default provider, which cannot be missing.
    QUARTET_CHECK(mac != nullptr);
    context = EVP_MAC_CTX_new(mac);
    QUARTET_CHECK(context != nullptr);
    SetParameters();
  }

  ~State() {
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void SetParameters() {
    size_t size = Digest::kBytes;
    unsigned int c_rounds = 2;
    unsigned int d_rounds = 4;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_size_t("size", &size),
        OSSL_PARAM_construct_uint("c-rounds", &c_rounds),
        OSSL_PARAM_construct_uint("d-rounds", &d_rounds),
        OSSL_PARAM_construct_end(),
    };
    QUARTET_CHECK(EVP_MAC_CTX_set_params(context, parameters) == 1);
  }

  void Update(absl::string_view bytes) {
    QUARTET_CHECK(EVP_MAC_update(context, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()) == 1);
  }

  std::array<uint8_t, kKeyBytes> key;
  EVP_MAC* mac = nullptr;
  // Keyed anew for every hash: that resets it and allocates nothing.
  EVP_MAC_CTX* context = nullptr;
};

Hasher::Hasher(absl::string_view key) : state_(std::make_unique<State>(key)) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Digest Hasher::Hash(absl::string_view record_key, absl::string_view value) {
  QUARTET_CHECK(EVP_MAC_init(state_->context, state_->key.data(), state_->key.size(), nullptr) == 1);
  const auto length = static_cast<uint32_t>(record_key.size());
  const char length_bytes[] = {static_cast<char>(length >> 24), static_cast<char>(length >> 16),
                               static_cast<char>(length >> 8), static_cast<char>(length)};
  state_->Update({length_bytes, sizeof(length_bytes)});
  state_->Update(record_key);
  state_->Update(value);
  char out[Digest::kBytes];
  size_t written = 0;
  QUARTET_CHECK(EVP_MAC_final(state_->context, reinterpret_cast<uint8_t*>(out), &written, sizeof(out)) == 1);
  QUARTET_CHECK(written == sizeof(out));
  return Digest::FromBytes({out, sizeof(out)});
}

}  // namespace quartet::replication
