// The responder a name server has: the answer engine over a directory of zones.
#pragma once

#include <span>

#include "nameserver/answer/query_group.h"
#include "nameserver/serve/responder.h"
#include "nameserver/zone/directory.h"
#include "nameserver/zone/rcu.h"

namespace quartet::nameserver {

// Made, used and destroyed in one thread, which it registers with RCU; between calls that thread is offline.
// `directory` must outlive it.
class DirectoryResponder : public Responder {
 public:
  explicit DirectoryResponder(const Directory& directory);
  ~DirectoryResponder() override;

  void AnswerDatagrams(std::span<Exchange> batch) override;
  void AnswerStream(Exchange& exchange) override;

 private:
  void AnswerGroup(std::span<Exchange> exchanges);

  const RcuThread rcu_;
  const Directory& directory_;
  QueryGroup group_;
};

ResponderFactory AnswerFrom(const Directory& directory);

}  // namespace quartet::nameserver
