#include "tests/faults/final_check.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "tests/client/txt_answer.h"
#include "tests/client/txt_question.h"
#include "tests/faults/zone_story.h"

namespace quartet::tests {
namespace {

constexpr int kTries = 3;
constexpr int kNoError = 0;
constexpr int kNxDomain = 3;

class Asker {
 public:
  Asker(const std::string& address, uint16_t port) : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    const timeval patience = {2, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
  ~Asker() { close(fd_); }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  // nullopt: no answer.
  std::optional<TxtAnswer> Ask(const std::string& name) {
    std::string query = TxtQuestion(name);
    uint8_t bytes[4096];
    for (int i = 0; i < kTries; ++i) {
      SetQuestionId(++id_, query);
      (void)!send(fd_, query.data(), query.size(), 0);
      ssize_t size = 0;
      while ((size = recv(fd_, bytes, sizeof bytes, 0)) > 0) {
        std::optional<TxtAnswer> answer = ParseTxtAnswer(bytes, static_cast<size_t>(size));
        if (answer.has_value() && answer->id == id_) return answer;
      }
    }
    return std::nullopt;
  }

 private:
  const int fd_;
  uint16_t id_ = 0;
};

std::string Describe(const std::optional<TxtAnswer>& answer) {
  if (!answer.has_value()) return "no answer";
  if (answer->text.has_value()) return "\"" + *answer->text + "\"";
  return "rcode " + std::to_string(answer->rcode);
}

}  // namespace

void CheckAllAnswers(const ReadZone& zone, uint16_t port, Tally& tally) {
  const auto contents = ContentsAfter(zone.progress->acknowledged);
  for (const std::string& address : zone.nodes) {
    Asker asker(address, port);
    for (const auto& [owner, value] : contents) {
      const std::optional<TxtAnswer> answer = asker.Ask(owner + "." + zone.zone);
      const bool right = answer.has_value() && answer->authoritative && answer->text == value &&
                         answer->rcode == (value.has_value() ? kNoError : kNxDomain);
      if (right) continue;
      tally.Violation(owner + "." + zone.zone + " at " + address + ": " + Describe(answer) + ", not " +
                      (value.has_value() ? "\"" + *value + "\"" : "NXDOMAIN"));
    }
  }
}

}  // namespace quartet::tests
