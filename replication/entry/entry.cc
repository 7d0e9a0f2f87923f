#include "replication/entry/entry.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <openssl/sha.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"

namespace quartet::replication {

namespace {

absl::Status NotAnEntry(absl::string_view why) {
  return absl::DataLossError(absl::StrCat("not a log entry: ", why));
}

absl::Status CheckHeader(const stored::v1::EntryHeader& header) {
  if (header.format() == 0) return NotAnEntry("it has no format");
  if (header.index() == 0) return NotAnEntry("it has no index");
  if (header.prev_chain().size() != Chain().size()) return NotAnEntry("its chain is not of 16 bytes");
  return absl::OkStatus();
}

absl::Status CheckReadable(const stored::v1::EntryHeader& header) {
  if (header.min_reader() <= kEntryFormat) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("log entry ", header.index(), " needs a reader of format ",
                                               header.min_reader(), "; this one reads ", kEntryFormat,
                                               ": upgrade this program"));
}

// A kind of effect that is not known here would have come with a higher min_reader.
bool HasUnknownEffect(const stored::v1::Entry& entry) {
  return std::any_of(entry.effects().begin(), entry.effects().end(), [](const stored::v1::Effect& effect) {
    return effect.effect_case() == stored::v1::Effect::EFFECT_NOT_SET;
  });
}

uint32_t MinReaderOf(const stored::v1::Effect& effect) {
  if (effect.has_history_cut() || effect.has_purge()) return 3;
  return effect.has_stage() || effect.has_flip() || effect.has_abort() ? 2 : 1;
}

}  // namespace

Chain ChainOf(absl::string_view bytes) {
  uint8_t hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), hash);
  Chain chain;
  std::copy_n(hash, chain.size(), chain.begin());
  return chain;
}

uint32_t MinReaderOf(const stored::v1::Entry& entry) {
  uint32_t least = 1;
  for (const stored::v1::Effect& effect : entry.effects()) least = std::max(least, MinReaderOf(effect));
  return least;
}

absl::StatusOr<SealedEntry> Seal(stored::v1::Entry& entry, const Position& head) {
  stored::v1::EntryHeader& header = *entry.mutable_header();
  header.set_format(kEntryFormat);
  header.set_min_reader(std::max(header.min_reader(), MinReaderOf(entry)));
  header.set_epoch(head.epoch);
  header.set_index(head.index + 1);
  header.set_prev_chain(head.chain.data(), head.chain.size());

  const size_t size = entry.ByteSizeLong();
  if (size > kMaxEntryBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a log entry of ", size, " bytes; at most ", kMaxEntryBytes, " fit"));
  }
  SealedEntry sealed;
  if (!entry.SerializeToString(&sealed.bytes)) return absl::InternalError("a log entry can't be serialised");
  sealed.position = {head.epoch, head.index + 1, ChainOf(sealed.bytes)};
  return sealed;
}

absl::StatusOr<stored::v1::EntryHeader> OpenHeader(absl::string_view bytes) {
  using google::protobuf::internal::WireFormatLite;
  if (bytes.size() > kMaxEntryBytes) return NotAnEntry("it is over 1 MiB");
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  const uint32_t tag = WireFormatLite::MakeTag(stored::v1::Entry::kHeaderFieldNumber,
                                               WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  uint32_t length = 0;
  if (stream.ReadTag() != tag || !stream.ReadVarint32(&length))
    return NotAnEntry("it does not begin with a header");
  const auto at = static_cast<size_t>(stream.CurrentPosition());
  if (length > bytes.size() - at) return NotAnEntry("it ends within its header");
  stored::v1::EntryHeader header;
  if (!header.ParseFromArray(bytes.data() + at, static_cast<int>(length)))
    return NotAnEntry("its header is damaged");
  if (auto status = CheckHeader(header); !status.ok()) return status;
  return header;
}

absl::StatusOr<stored::v1::Entry> OpenEntry(absl::string_view bytes) {
  // The header first: it says whether the rest can be read.
  const auto header = OpenHeader(bytes);
  if (!header.ok()) return header.status();
  if (auto status = CheckReadable(*header); !status.ok()) return status;
  stored::v1::Entry entry;
  if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return NotAnEntry("it is damaged");
  // Fields may come twice in protobuf; the header that was checked has to be the one that counts.
  if (auto status = CheckHeader(entry.header()); !status.ok()) return status;
  if (auto status = CheckReadable(entry.header()); !status.ok()) return status;
  if (HasUnknownEffect(entry)) return NotAnEntry("it has an effect of no known kind");
  return entry;
}

}  // namespace quartet::replication
