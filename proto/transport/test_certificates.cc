#include "proto/transport/test_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <fstream>

namespace quartet::transport {
namespace {

constexpr int64_t kDay = 24 * 3600;

template <typename Write>
std::string ToPem(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const int64_t size = BIO_get_mem_data(bio, &data);
  std::string pem(data, size);
  BIO_free(bio);
  return pem;
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* MakeCertificate(EVP_PKEY* key, const std::string& name, int days) {
  static int64_t serial = 1;
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -30 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), days * kDay);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

}  // namespace

struct TestCa::State {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = MakeCertificate(key, "test CA", 30);
};

TestCa::TestCa() : state_(std::make_unique<State>()) {
  X509_set_issuer_name(state_->certificate, X509_get_subject_name(state_->certificate));
  AddExtension(state_->certificate, NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(state_->certificate, state_->key, EVP_sha256());
  pem_ = ToPem([&](BIO* bio) { PEM_write_bio_X509(bio, state_->certificate); });
}

TestCa::~TestCa() {
  X509_free(state_->certificate);
  EVP_PKEY_free(state_->key);
}

TestCa::Leaf TestCa::Issue(const std::string& uri, int days) const {
  return IssueFor(uri.empty() ? uri : "URI:" + uri, days);
}

TestCa::Leaf TestCa::IssueFor(const std::string& alternative_name, int days) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = MakeCertificate(key, "leaf", days);
  X509_set_issuer_name(certificate, X509_get_subject_name(state_->certificate));
  if (!alternative_name.empty()) AddExtension(certificate, NID_subject_alt_name, alternative_name);
  X509_sign(certificate, state_->key, EVP_sha256());
  Leaf leaf;
  leaf.certificate_pem = ToPem([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
  leaf.key_pem =
      ToPem([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return leaf;
}

TlsFiles TestCa::Write(const Leaf& leaf, const std::string& directory, const std::string& name) const {
  const std::string stem = directory + "/" + name;
  const TlsFiles files{stem + ".ca", stem + ".pem", stem + ".key"};
  std::ofstream(files.ca) << pem_;
  std::ofstream(files.certificate) << leaf.certificate_pem;
  std::ofstream(files.key) << leaf.key_pem;
  return files;
}

}  // namespace quartet::transport
