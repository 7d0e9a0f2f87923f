#include "tests/faults/zone_story.h"

#include <cstdlib>

namespace quartet::tests {
namespace {

namespace v1 = admin::v1;

constexpr int64_t kOwners = 16;
constexpr char kStatePrefix[] = "n-";

std::string OwnerOf(int64_t number) { return "o-" + std::to_string(number % kOwners); }
std::string ValueOf(int64_t number) { return "made-by-" + std::to_string(number); }
bool Creates(int64_t number) { return number / kOwners % 2 == 0; }

void Add(v1::ChangeRecordSetsRequest& request, v1::RecordSetChange::Action action, const std::string& owner,
         const std::string& value) {
  v1::RecordSetChange* change = request.add_changes();
  change->set_action(action);
  change->mutable_record_set()->set_owner(owner);
  change->mutable_record_set()->set_type("TXT");
  change->mutable_record_set()->set_ttl(60);
  change->mutable_record_set()->add_values("\"" + value + "\"");
}

}  // namespace

std::string StateValue(int64_t number) { return kStatePrefix + std::to_string(number); }

std::optional<int64_t> NumberOf(const std::string& value) {
  if (value.rfind(kStatePrefix, 0) != 0) return std::nullopt;
  char* end = nullptr;
  const int64_t number = std::strtoll(value.c_str() + sizeof(kStatePrefix) - 1, &end, 10);
  return *end == '\0' ? std::optional(number) : std::nullopt;
}

v1::ChangeRecordSetsRequest MakeChange(const std::string& zone, const std::string& run, int64_t number) {
  v1::ChangeRecordSetsRequest request;
  request.set_parent("zones/" + zone);
  request.set_request_id(run + "-" + zone + "-" + std::to_string(number));
  Add(request, v1::RecordSetChange::ACTION_UPSERT, kStateOwner, StateValue(number));
  if (Creates(number)) {
    Add(request, v1::RecordSetChange::ACTION_CREATE, OwnerOf(number), ValueOf(number));
  } else {
    Add(request, v1::RecordSetChange::ACTION_DELETE, OwnerOf(number), ValueOf(number - kOwners));
  }
  return request;
}

std::map<std::string, std::optional<std::string>> ContentsAfter(int64_t number) {
  std::map<std::string, std::optional<std::string>> contents;
  for (int64_t last = number; last >= 0 && last > number - kOwners; --last) {
    contents[OwnerOf(last)] = Creates(last) ? std::optional(ValueOf(last)) : std::nullopt;
  }
  if (number >= 0) contents[kStateOwner] = StateValue(number);
  return contents;
}

}  // namespace quartet::tests
