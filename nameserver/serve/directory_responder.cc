#include "nameserver/serve/directory_responder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "nameserver/serve/udp_batch.h"

namespace quartet::nameserver {

DirectoryResponder::DirectoryResponder(const Directory& directory, ServerIdentity identity)
    : directory_(directory),
      identity_(std::move(identity)),
      stream_{Transport::kTcp, UdpBatch::kAnswerBytes, &identity_},
      group_(directory, {Transport::kUdp, UdpBatch::kAnswerBytes, &identity_}) {
  RcuThread::Offline();
}

// The registration ends online, as it began.
DirectoryResponder::~DirectoryResponder() { RcuThread::Online(); }

void DirectoryResponder::AnswerDatagrams(std::span<Exchange> batch) {
  RcuThread::Online();
  while (!batch.empty()) {
    const std::span<Exchange> group = batch.first(std::min(batch.size(), QueryGroup::kSize));
    AnswerGroup(group);
    batch = batch.subspan(group.size());
  }
  RcuThread::Offline();
}

void DirectoryResponder::AnswerGroup(std::span<Exchange> exchanges) {
  group_.Clear();
  for (const Exchange& exchange : exchanges) group_.Take(exchange.query);
  group_.LookUp();
  for (size_t i = 0; i < exchanges.size(); ++i) {
    exchanges[i].answer_size = group_.Respond(i, exchanges[i].space);
  }
}

void DirectoryResponder::AnswerStream(Exchange& exchange) {
  RcuThread::Online();
  exchange.answer_size = Answer(exchange.query, stream_, directory_, exchange.space);
  RcuThread::Offline();
}

ResponderFactory AnswerFrom(const Directory& directory, const ServerIdentity& identity) {
  return [&directory, identity] { return std::make_unique<DirectoryResponder>(directory, identity); };
}

}  // namespace quartet::nameserver
