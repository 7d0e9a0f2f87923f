// An answer to a question for TXT records (txt_question.h), taken apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace quartet::tests {

struct TxtAnswer {
  uint16_t id;
  bool authoritative;
  // RFC 1035 §4.1.1: 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN.
  int rcode;
  // The first string of the first TXT record of the answer section; absent: there is none.
  std::optional<std::string> text;
};

// nullopt: it is no answer to one question, or runs over its end.
std::optional<TxtAnswer> ParseTxtAnswer(const uint8_t* bytes, size_t size);

}  // namespace quartet::tests
