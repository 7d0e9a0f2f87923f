// A question for TXT records in wire form, and whether an answer holds a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace quartet::tests {

// A query with id 0 for the TXT records of `name` (a host name in presentation format without escapes).
std::string TxtQuestion(const std::string& name);

// Puts the id in.
void SetQuestionId(uint16_t id, std::string& question);

// Whether the message is an authoritative answer without error that holds `value` as one character string.
bool AnswersWith(const uint8_t* message, size_t size, const std::string& value);

}  // namespace quartet::tests
