#include "controller/memory_controller.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace quartet::controller {

namespace v1 = admin::v1;

const Caller MemoryController::kAdmin{"quartet://admin/test"};

MemoryController::MemoryController(int slots, const std::string& spool_directory) {
  auto store = std::make_unique<store::MemoryStore>();
  store_ = store.get();
  controller_ =
      std::move(Controller::Open(std::move(store), clock_, random_,
                                 {.name = "c-1", .version = "0.1", .spool_directory = spool_directory}))
          .value();
  for (int i = 0; i < 4 * slots; ++i) {
    const std::string stripe(1, static_cast<char>('a' + i % 4));
    v1::SetStripeDomainRequest domain;
    domain.set_name("stripes/" + stripe);
    domain.set_domain(absl::StrCat("quartet-", stripe, ".test"));
    EXPECT_TRUE(i >= 4 || controller_->SetStripeDomain(kAdmin, domain).ok());
    v1::CreateNameserverRequest request;
    v1::Nameserver& nameserver = *request.mutable_nameserver();
    nameserver.set_name(absl::StrCat("nameservers/ns-", stripe, i / 4));
    nameserver.set_stripe(stripe);
    nameserver.set_slot(static_cast<uint32_t>(i / 4));
    nameserver.set_region(absl::StrCat("region-", stripe));
    nameserver.add_addresses(absl::StrCat("127.0.0.", i + 1));
    EXPECT_TRUE(controller_->CreateNameserver(kAdmin, request).ok());
  }
}

std::string MemoryController::MakeZone(const std::string& domain_name, const std::string& text) {
  v1::CreateZoneRequest request;
  request.set_domain_name(domain_name);
  request.set_zone_file(text);
  const auto made = controller_->CreateZone(kAdmin, request);
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? made->zone().name() : "";
}

}  // namespace quartet::controller
