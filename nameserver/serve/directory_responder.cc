#include "nameserver/serve/directory_responder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "nameserver/serve/udp_batch.h"

namespace quartet::nameserver {

DirectoryResponder::DirectoryResponder(const Directory& directory, ServerIdentity identity, Parking* parking)
    : directory_(directory),
      identity_(std::move(identity)),
      datagram_{Transport::kUdp, UdpBatch::kAnswerBytes, &identity_},
      stream_{Transport::kTcp, UdpBatch::kAnswerBytes, &identity_},
      group_(directory, datagram_),
      place_(parking == nullptr ? nullptr : parking->Join()) {
  RcuThread::Offline();
}

// The registration ends online, as it began; while it leaves the parking it may wait.
DirectoryResponder::~DirectoryResponder() {
  place_.reset();
  RcuThread::Online();
}

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
    const ZoneEntry* cold = nullptr;
    exchanges[i].answer_size = group_.Respond(i, exchanges[i].space, &cold);
    if (cold != nullptr) ParkOrFail(exchanges[i], datagram_);
  }
}

void DirectoryResponder::AnswerStream(Exchange& exchange) {
  RcuThread::Online();
  const ZoneEntry* cold = nullptr;
  exchange.answer_size = Answer(exchange.query, stream_, directory_, exchange.space, &cold);
  if (cold != nullptr) ParkOrFail(exchange, stream_);
  RcuThread::Offline();
}

// A datagram that there is no room for is dropped, as one that was parked (see parking.h).
void DirectoryResponder::ParkOrFail(Exchange& exchange, const Context& context) {
  const bool comes_back = exchange.received != nullptr || exchange.waker != nullptr;
  if (place_ != nullptr && comes_back && exchange.query.size() <= ParkedQuery::kBytes) {
    exchange.parked = place_->Park(exchange) || exchange.waker == nullptr;
  }
  if (!exchange.parked) exchange.answer_size = Answer(exchange.query, context, directory_, exchange.space);
}

ResponderFactory AnswerFrom(const Directory& directory, const ServerIdentity& identity, Parking* parking) {
  return [&directory, identity, parking] {
    return std::make_unique<DirectoryResponder>(directory, identity, parking);
  };
}

}  // namespace quartet::nameserver
