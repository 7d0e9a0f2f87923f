// Certificates for tests: a CA in memory, and leaves under it, written to files where a test needs files.
#pragma once

#include <memory>
#include <string>

#include "proto/transport/tls_files.h"

namespace quartet::transport {

class TestCa {
 public:
  TestCa();
  ~TestCa();

  const std::string& pem() const { return pem_; }
  // A leaf whose URI name is `uri` (none if empty), valid from a day ago for `days` days (negative: no longer
  // valid).
  struct Leaf {
    std::string certificate_pem;
    std::string key_pem;
  };
  Leaf Issue(const std::string& uri, int days = 1) const;
  // The same with a subject alternative name of any kind, as OpenSSL writes it: "IP:127.0.0.1".
  Leaf IssueFor(const std::string& alternative_name, int days = 1) const;
  // The three files of a leaf in `directory`, which must exist.
  TlsFiles Write(const Leaf& leaf, const std::string& directory, const std::string& name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string pem_;
};

}  // namespace quartet::transport
