// The responder a name server has: the answer engine over a directory of zones.
#pragma once

#include <memory>
#include <span>

#include "nameserver/answer/answer.h"
#include "nameserver/answer/identity.h"
#include "nameserver/answer/query_group.h"
#include "nameserver/serve/parking.h"
#include "nameserver/serve/responder.h"
#include "nameserver/zone/directory.h"
#include "nameserver/zone/rcu.h"

namespace quartet::nameserver {

// Made, used and destroyed in one thread, which it registers with RCU; between calls that thread is offline.
// `directory` must outlive it, and `parking`, where queries wait for zones that are on disk only; without it these get
// SERVFAIL.
class DirectoryResponder : public Responder {
 public:
  DirectoryResponder(const Directory& directory, ServerIdentity identity, Parking* parking = nullptr);
  ~DirectoryResponder() override;

  void AnswerDatagrams(std::span<Exchange> batch) override;
  void AnswerStream(Exchange& exchange) override;

 private:
  void AnswerGroup(std::span<Exchange> exchanges);
  void ParkOrFail(Exchange& exchange, const Context& context);

  const RcuThread rcu_;
  const Directory& directory_;
  const ServerIdentity identity_;
  const Context datagram_;
  const Context stream_;
  QueryGroup group_;
  // Null: nothing is parked.
  std::unique_ptr<ParkingPlace> place_;
};

// `directory` must outlive what it makes, and `parking`. Without an identity a server says nothing of itself.
ResponderFactory AnswerFrom(const Directory& directory, const ServerIdentity& identity = {},
                            Parking* parking = nullptr);

}  // namespace quartet::nameserver
