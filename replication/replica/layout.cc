#include "replication/replica/layout.h"

#include <openssl/sha.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/name/canonical_key.h"

namespace quartet::replication::layout {
namespace {

std::string OfGeneration(char kind, absl::string_view zone_id, uint64_t generation,
                         absl::string_view record_key) {
  QUARTET_CHECK(zone_id.size() == kZoneIdBytes);
  return absl::StrCat(absl::string_view(&kind, 1), zone_id, BigEndian64(generation), record_key);
}

// A text of at most 255 bytes behind its length, so that what follows can't be taken for a part of it.
std::string Counted(absl::string_view text) {
  QUARTET_CHECK(text.size() <= 255);
  const char length = static_cast<char>(text.size());
  return absl::StrCat(absl::string_view(&length, 1), text);
}

}  // namespace

std::string BigEndian64(uint64_t number) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

uint64_t ReadBigEndian64(absl::string_view bytes) {
  QUARTET_CHECK(bytes.size() == 8);
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

std::string Meta(absl::string_view name) { return absl::StrCat("m", name); }

std::string Zone(absl::string_view zone_id) { return absl::StrCat("z", zone_id); }

std::string ZoneLocal(absl::string_view zone_id) { return absl::StrCat("g", zone_id); }

std::string Record(absl::string_view zone_id, uint64_t generation, absl::string_view record_key) {
  return OfGeneration('r', zone_id, generation, record_key);
}

std::string Control(absl::string_view zone_id, uint64_t generation, absl::string_view record_key) {
  return OfGeneration('t', zone_id, generation, record_key);
}

std::string Generation(absl::string_view zone_id, uint64_t generation) {
  return OfGeneration('r', zone_id, generation, "");
}

std::string ControlGeneration(absl::string_view zone_id, uint64_t generation) {
  return OfGeneration('t', zone_id, generation, "");
}

std::string Directory(absl::string_view scope, const dns::Name& apex, absl::string_view zone_id) {
  QUARTET_CHECK(zone_id.size() == kZoneIdBytes);
  return absl::StrCat(DirectoryName(scope, apex), zone_id);
}

std::string DirectoryName(absl::string_view scope, const dns::Name& apex) {
  return absl::StrCat("d", Counted(scope), dns::CanonicalKey(apex, dns::Name()), absl::string_view("\0", 1));
}

std::string Assignment(absl::string_view target, absl::string_view zone_id) {
  return absl::StrCat("a", Counted(target), zone_id);
}

std::string Object(int kind, absl::string_view id) {
  QUARTET_CHECK(kind > 0 && kind <= 255);
  const char byte = static_cast<char>(kind);
  return absl::StrCat("o", absl::string_view(&byte, 1), id);
}

std::string Change(absl::string_view change_id) { return absl::StrCat("c", change_id); }

std::string Pending(uint64_t index, absl::string_view change_id) {
  return absl::StrCat("p", BigEndian64(index), change_id);
}

std::string Request(absl::string_view account, absl::string_view principal, absl::string_view request_id) {
  std::string text;
  for (const absl::string_view part : {account, principal, request_id}) {
    absl::StrAppend(&text, BigEndian64(part.size()), part);
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  return absl::StrCat("q", absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

std::string RequestAge(int64_t time_us, absl::string_view request_key) {
  QUARTET_CHECK(!request_key.empty() && request_key[0] == 'q');
  return absl::StrCat("Q", BigEndian64(static_cast<uint64_t>(time_us)), request_key.substr(1));
}

std::string Stage(absl::string_view zone_id) { return absl::StrCat("s", zone_id); }

std::string History(absl::string_view zone_id, uint64_t revision) {
  return absl::StrCat("h", zone_id, BigEndian64(revision));
}

std::string AllHistory(absl::string_view zone_id) { return absl::StrCat("h", zone_id); }

std::string AllRecords(absl::string_view zone_id) { return absl::StrCat("r", zone_id); }

std::string AllControls(absl::string_view zone_id) { return absl::StrCat("t", zone_id); }

std::string Deleted(const dns::Name& apex, absl::string_view zone_id) {
  QUARTET_CHECK(zone_id.size() == kZoneIdBytes);
  return absl::StrCat(DeletedZones(), dns::CanonicalKey(apex, dns::Name()), absl::string_view("\0", 1),
                      zone_id);
}

std::string DeletedZones() { return "x"; }

}  // namespace quartet::replication::layout
