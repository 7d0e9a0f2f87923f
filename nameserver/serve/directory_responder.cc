#include "nameserver/serve/directory_responder.h"

#include <memory>

#include "nameserver/answer/answer.h"
#include "nameserver/serve/udp_batch.h"

namespace quartet::nameserver {
namespace {

constexpr Context kDatagram = {.transport = Transport::kUdp, .max_udp_payload = UdpBatch::kAnswerBytes};
constexpr Context kStream = {.transport = Transport::kTcp, .max_udp_payload = UdpBatch::kAnswerBytes};

}  // namespace

DirectoryResponder::DirectoryResponder(const Directory& directory) : directory_(directory) {
  RcuThread::Offline();
}

// The registration ends online, as it began.
DirectoryResponder::~DirectoryResponder() { RcuThread::Online(); }

void DirectoryResponder::AnswerDatagrams(std::span<Exchange> batch) {
  RcuThread::Online();
  for (Exchange& exchange : batch) {
    exchange.answer_size = Answer(exchange.query, kDatagram, directory_, exchange.space);
  }
  RcuThread::Offline();
}

void DirectoryResponder::AnswerStream(Exchange& exchange) {
  RcuThread::Online();
  exchange.answer_size = Answer(exchange.query, kStream, directory_, exchange.space);
  RcuThread::Offline();
}

ResponderFactory AnswerFrom(const Directory& directory) {
  return [&directory] { return std::make_unique<DirectoryResponder>(directory); };
}

}  // namespace quartet::nameserver
