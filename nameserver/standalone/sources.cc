#include "nameserver/standalone/sources.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace quartet::nameserver {
namespace {

// Of the encoding: a byte, then of each file three numbers of 64 bits, the length of the path in 32, the path; big-endian.
constexpr char kVersion = 1;

template <typename T>
void Append(T number, std::string* out) {
  for (int shift = 8 * (sizeof(T) - 1); shift >= 0; shift -= 8)
    out->push_back(static_cast<char>(number >> shift));
}

template <typename T>
bool Take(absl::string_view* bytes, T* number) {
  if (bytes->size() < sizeof(T)) return false;
  *number = 0;
  for (size_t i = 0; i < sizeof(T); ++i)
    *number = static_cast<T>(*number << 8 | static_cast<uint8_t>((*bytes)[i]));
  bytes->remove_prefix(sizeof(T));
  return true;
}

std::string Absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.string();
}

// However the path is spelled, and through symbolic links.
std::string Canonical(const std::string& path) {
  std::error_code error;
  const std::filesystem::path canonical = std::filesystem::weakly_canonical(path, error);
  return error ? path : canonical.string();
}

}  // namespace

absl::StatusOr<Sources::File> Sources::Look(const std::string& path) {
  struct stat found;
  if (stat(path.c_str(), &found) != 0) {
    return absl::NotFoundError(absl::StrCat(path, ": ", std::strerror(errno)));
  }
  return File{path, static_cast<uint64_t>(found.st_size), found.st_ino,
              int64_t{found.st_ctim.tv_sec} * 1'000'000'000 + found.st_ctim.tv_nsec};
}

absl::StatusOr<Sources> Sources::Of(const std::string& list_path, const ZoneList& list) {
  Sources sources;
  sources.files_.reserve(list.files.size() + 1);
  absl::StatusOr<File> file = Look(Canonical(list_path));
  for (size_t i = 0; file.ok(); ++i) {
    sources.files_.push_back(*std::move(file));
    if (i == list.files.size()) return sources;
    file = Look(Absolute(list.files[i].path));
  }
  return file.status();
}

std::string Sources::WhatChanged(const std::string& list_path) const {
  if (files_.front().path != Canonical(list_path)) {
    return absl::StrCat("they were read from the list ", files_.front().path);
  }
  for (const File& file : files_) {
    const absl::StatusOr<File> now = Look(file.path);
    if (!now.ok()) return std::string(now.status().message());
    if (!(*now == file)) return absl::StrCat(file.path, " has changed");
  }
  return std::string();
}

std::string Sources::Encode() const {
  std::string out(1, kVersion);
  for (const File& file : files_) {
    Append(file.size, &out);
    Append(file.inode, &out);
    Append(static_cast<uint64_t>(file.changed_ns), &out);
    Append(static_cast<uint32_t>(file.path.size()), &out);
    out += file.path;
  }
  return out;
}

absl::StatusOr<Sources> Sources::Decode(absl::string_view bytes) {
  const absl::Status damaged = absl::DataLossError("the list of source files is damaged");
  if (bytes.size() < 2 || bytes[0] != kVersion) return damaged;
  bytes.remove_prefix(1);
  Sources sources;
  while (!bytes.empty()) {
    File file;
    uint64_t changed_ns = 0;
    uint32_t length = 0;
    if (!Take(&bytes, &file.size) || !Take(&bytes, &file.inode) || !Take(&bytes, &changed_ns) ||
        !Take(&bytes, &length) || bytes.size() < length) {
      return damaged;
    }
    file.changed_ns = static_cast<int64_t>(changed_ns);
    file.path.assign(bytes.data(), length);
    bytes.remove_prefix(length);
    sources.files_.push_back(std::move(file));
  }
  return sources;
}

}  // namespace quartet::nameserver
