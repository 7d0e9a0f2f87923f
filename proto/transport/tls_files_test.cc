#include "proto/transport/tls_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "proto/transport/test_certificates.h"

namespace quartet::transport {
namespace {

using ::testing::HasSubstr;

class TlsFilesTest : public ::testing::Test {
 protected:
  absl::Status LoadError(const TlsFiles& files) { return LoadTls(files).status(); }

  TestCa ca_;
  const std::string directory_ = ::testing::TempDir();
};

TEST_F(TlsFilesTest, LoadsThreeFilesThatBelongTogether) {
  const auto material = LoadTls(ca_.Write(ca_.Issue("quartet://admin/alice"), directory_, "good"));
  ASSERT_TRUE(material.ok()) << material.status();
  EXPECT_EQ(material->identity.name, "alice");
  EXPECT_EQ(material->ca_pem, ca_.pem());
}

TEST_F(TlsFilesTest, SaysWhichFileIsMissing) {
  TlsFiles files = ca_.Write(ca_.Issue("quartet://admin/alice"), directory_, "missing");
  files.key = directory_ + "/nobody.key";
  EXPECT_EQ(LoadError(files).code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(LoadError(files).message()), HasSubstr("private key " + files.key));
  files.key = "";
  EXPECT_THAT(std::string(LoadError(files).message()), HasSubstr("--key"));
}

TEST_F(TlsFilesTest, RefusesWhatIsNoPem) {
  TlsFiles files = ca_.Write(ca_.Issue("quartet://admin/alice"), directory_, "garbage");
  std::ofstream(files.certificate) << "not a certificate";
  EXPECT_THAT(std::string(LoadError(files).message()),
              HasSubstr(files.certificate + " holds no PEM certificate"));
}

TEST_F(TlsFilesTest, RefusesAnotherCertificatesKey) {
  TestCa::Leaf leaf = ca_.Issue("quartet://admin/alice");
  leaf.key_pem = ca_.Issue("quartet://admin/alice").key_pem;
  EXPECT_THAT(std::string(LoadError(ca_.Write(leaf, directory_, "key")).message()),
              HasSubstr("is not the key of"));
}

TEST_F(TlsFilesTest, RefusesAnotherCasCertificate) {
  const TestCa other;
  const TlsFiles files = ca_.Write(other.Issue("quartet://admin/alice"), directory_, "other");
  EXPECT_THAT(std::string(LoadError(files).message()), HasSubstr("is not valid under the CA"));
}

TEST_F(TlsFilesTest, RefusesACertificateThatHasExpired) {
  const TlsFiles files = ca_.Write(ca_.Issue("quartet://admin/alice", -1), directory_, "expired");
  EXPECT_THAT(std::string(LoadError(files).message()), HasSubstr("certificate has expired"));
}

TEST_F(TlsFilesTest, RefusesACertificateOfNobody) {
  EXPECT_EQ(LoadError(ca_.Write(ca_.Issue(""), directory_, "nobody")).code(),
            absl::StatusCode::kUnauthenticated);
}

}  // namespace
}  // namespace quartet::transport
