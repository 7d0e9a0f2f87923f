#include "tests/client/txt_question.h"

#include <cstring>

namespace quartet::tests {

std::string TxtQuestion(const std::string& name) {
  std::string question(12, '\0');
  question[5] = 1;
  size_t start = 0;
  while (start < name.size()) {
    size_t dot = name.find('.', start);
    if (dot == std::string::npos) dot = name.size();
    question.push_back(static_cast<char>(dot - start));
    question.append(name, start, dot - start);
    start = dot + 1;
  }
  question.append("\0\0\x10\0\1", 5);
  return question;
}

void SetQuestionId(uint16_t id, std::string& question) {
  question[0] = static_cast<char>(id >> 8);
  question[1] = static_cast<char>(id);
}

bool AnswersWith(const uint8_t* message, size_t size, const std::string& value) {
  // QR and AA; RCODE 0 (RFC 1035 §4.1.1).
  if (size <= 12 || (message[2] & 0x84) != 0x84 || (message[3] & 0x0f) != 0) return false;
  const std::string needle = std::string(1, static_cast<char>(value.size())) + value;
  return memmem(message, size, needle.data(), needle.size()) != nullptr;
}

}  // namespace quartet::tests
