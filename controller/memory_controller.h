// A controller over memory with nameservers in all four stripes, for tests of what stands beside the core.
#pragma once

#include <memory>
#include <string>

#include "controller/core.h"
#include "controller/sequencer/plan_fixture.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {

class MemoryController {
 public:
  // `slots` nameservers in each stripe; without a spool directory it takes no imports.
  explicit MemoryController(int slots = 1, const std::string& spool_directory = "");

  Controller& operator*() { return *controller_; }
  Controller* operator->() { return controller_.get(); }
  store::MemoryStore& store() { return *store_; }

  // A zone filled from a zone file; its name, "zones/Z…". Fails the test if it can't be made.
  std::string MakeZone(const std::string& domain_name, const std::string& text);

  static const Caller kAdmin;

 private:
  ManualClock clock_;
  SeededRandom random_;
  store::MemoryStore* store_;
  std::unique_ptr<Controller> controller_;
};

}  // namespace quartet::controller
