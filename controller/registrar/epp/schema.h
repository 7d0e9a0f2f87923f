// The XML schemas of the RFCs, for tests of both sides.
#pragma once

#include <memory>
#include <string>

struct _xmlSchema;  // NOLINT(bugprone-reserved-identifier): libxml2's

namespace quartet::controller::epp {

// RFC 5730 to 5733, 5910 and 3915, from epp-xsd in QUARTET_TEST_DATA. Loaded once a process.
class Schemas {
 public:
  // nullptr where that is not set: the test is to be skipped. Ends the process if it is set and they can't be read.
  static const Schemas* Load();

  // What is wrong with a message; empty if nothing is.
  std::string WhyInvalid(const std::string& message) const;

 private:
  explicit Schemas(_xmlSchema* schema) : schema_(schema) {}

  _xmlSchema* schema_;
};

}  // namespace quartet::controller::epp
