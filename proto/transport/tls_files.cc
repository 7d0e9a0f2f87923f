#include "proto/transport/tls_files.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"

namespace quartet::transport {
namespace {

template <auto free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Trust = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using Verification = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;

absl::StatusOr<std::string> ReadFile(const std::string& path, const char* what, const char* flag) {
  if (path.empty()) return absl::InvalidArgumentError(absl::StrCat("no ", what, " is given: use ", flag));
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int error = errno;
    const std::string message = absl::StrCat("can't read the ", what, " ", path, ": ", std::strerror(error));
    return error == EACCES ? absl::PermissionDeniedError(message) : absl::NotFoundError(message);
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Bio Memory(const std::string& pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

// First certificate of a PEM text; further ones (a chain) are left to the handshake.
absl::StatusOr<Certificate> ReadCertificate(const std::string& pem, const std::string& path) {
  Certificate certificate(PEM_read_bio_X509(Memory(pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!certificate) return absl::InvalidArgumentError(absl::StrCat(path, " holds no PEM certificate"));
  return certificate;
}

absl::Status CheckSignedBy(X509* certificate, X509* ca, const TlsFiles& files) {
  Trust trust(X509_STORE_new());
  X509_STORE_add_cert(trust.get(), ca);
  Verification verification(X509_STORE_CTX_new());
  X509_STORE_CTX_init(verification.get(), trust.get(), certificate, nullptr);
  const bool valid = X509_verify_cert(verification.get()) == 1;
  const int error = X509_STORE_CTX_get_error(verification.get());
  ERR_clear_error();
  if (valid) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(files.certificate, " is not valid under the CA ", files.ca,
                                                 ": ", X509_verify_cert_error_string(error),
                                                 "; issue it anew, or name the CA that signed it"));
}

std::vector<std::string> UriNames(X509* certificate) {
  std::vector<std::string> uris;
  Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)), ASN1_STRING_length(uri));
  }
  return uris;
}

}  // namespace

absl::StatusOr<TlsMaterial> LoadTls(const TlsFiles& files) {
  TlsMaterial material;
  for (auto [path, what, flag, text] :
       {std::tuple{&files.ca, "CA certificate", "--ca", &material.ca_pem},
        {&files.certificate, "certificate", "--certificate", &material.certificate_pem},
        {&files.key, "private key", "--key", &material.key_pem}}) {
    absl::StatusOr<std::string> read = ReadFile(*path, what, flag);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  absl::StatusOr<Certificate> ca = ReadCertificate(material.ca_pem, files.ca);
  if (!ca.ok()) return ca.status();
  absl::StatusOr<Certificate> certificate = ReadCertificate(material.certificate_pem, files.certificate);
  if (!certificate.ok()) return certificate.status();
  Key key(PEM_read_bio_PrivateKey(Memory(material.key_pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!key) return absl::InvalidArgumentError(absl::StrCat(files.key, " holds no PEM private key"));
  const bool matches = X509_check_private_key(certificate->get(), key.get()) == 1;
  ERR_clear_error();
  if (!matches) {
    return absl::InvalidArgumentError(absl::StrCat(files.key, " is not the key of ", files.certificate));
  }
  if (absl::Status status = CheckSignedBy(certificate->get(), ca->get(), files); !status.ok()) return status;
  absl::StatusOr<Identity> identity = FindIdentity(UriNames(certificate->get()));
  if (!identity.ok()) {
    return absl::UnauthenticatedError(absl::StrCat(files.certificate, ": ", identity.status().message()));
  }
  material.identity = *std::move(identity);
  return material;
}

}  // namespace quartet::transport
