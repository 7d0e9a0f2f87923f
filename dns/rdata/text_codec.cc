#include "dns/rdata/text_codec.h"

#include <arpa/inet.h>

#include <array>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace quartet::dns {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Seconds in a unit; 0 if it is none.
uint32_t UnitSeconds(char unit) {
  switch (absl::ascii_tolower(static_cast<unsigned char>(unit))) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    case 'w':
      return 604800;
    default:
      return 0;
  }
}

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (IsDigit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

int Base32HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'v' ? lower - 'a' + 10 : -1;
}

// Digits of `bits` bits each to octets; false if a digit is none, or bits are left over that are not zero or
// make up a digit that stands for nothing.
bool AppendDigits(absl::string_view text, unsigned bits, int (*value)(char), std::string* out) {
  const size_t before = out->size();
  uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (char c : text) {
    const int digit = value(c);
    if (digit < 0) {
      out->resize(before);
      return false;
    }
    pending = (pending << bits | static_cast<uint32_t>(digit)) & 0xffff;
    pending_bits += bits;
    if (pending_bits < 8) continue;
    pending_bits -= 8;
    out->push_back(static_cast<char>(pending >> pending_bits & 0xff));
  }
  const bool whole = pending_bits < bits && (pending & ((1U << pending_bits) - 1)) == 0;
  if (!whole) out->resize(before);
  return whole;
}

// Days since 1970-01-01 of a date of the Gregorian calendar (years from 1970).
uint32_t DaysSince1970(uint32_t year, uint32_t month, uint32_t day) {
  const uint32_t y = month <= 2 ? year - 1 : year;
  const uint32_t days_before_month = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
  return y * 365 + y / 4 - y / 100 + y / 400 + days_before_month + day - 1 - 719468;
}

uint32_t DaysIn(uint32_t year, uint32_t month) {
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr std::array<uint8_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap ? 29 : kDays[month - 1];
}

struct Date {
  uint32_t year;
  uint32_t month;
  uint32_t day;
};

Date DateOf(uint32_t days_since_1970) {
  const uint32_t days = days_since_1970 + 719468;
  const uint32_t era = days / 146097;
  const uint32_t of_era = days % 146097;
  const uint32_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const uint32_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint32_t shifted = (5 * of_year + 2) / 153;
  const uint32_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * shifted + 2) / 5 + 1};
}

uint32_t Digits(absl::string_view text, size_t at, size_t count) {
  uint32_t value = 0;
  for (char c : text.substr(at, count)) value = value * 10 + static_cast<uint32_t>(c - '0');
  return value;
}

bool AppendAddress(int family, absl::string_view text, size_t size, std::string* out) {
  std::array<char, INET6_ADDRSTRLEN + 1> copy{};
  if (text.size() >= copy.size() || text.find('\0') != absl::string_view::npos) return false;
  std::memcpy(copy.data(), text.data(), text.size());
  std::array<char, 16> address;
  if (inet_pton(family, copy.data(), address.data()) != 1) return false;
  out->append(address.data(), size);
  return true;
}

absl::string_view Chars(std::span<const uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

bool ParseNumber(absl::string_view text, uint32_t max, uint32_t* value) {
  if (text.empty()) return false;
  uint64_t sum = 0;
  for (char c : text) {
    if (!IsDigit(c)) return false;
    sum = sum * 10 + static_cast<uint64_t>(c - '0');
    if (sum > max) return false;
  }
  *value = static_cast<uint32_t>(sum);
  return true;
}

bool ParseSeconds(absl::string_view text, uint32_t* seconds) {
  if (ParseNumber(text, UINT32_MAX, seconds)) return true;
  if (text.empty()) return false;
  uint64_t sum = 0;
  while (!text.empty()) {
    size_t digits = 0;
    while (digits < text.size() && IsDigit(text[digits])) ++digits;
    uint32_t count = 0;
    if (digits == text.size() || !ParseNumber(text.substr(0, digits), UINT32_MAX, &count)) return false;
    const uint64_t unit = UnitSeconds(text[digits]);
    sum += count * unit;
    if (unit == 0 || sum > UINT32_MAX) return false;
    text.remove_prefix(digits + 1);
  }
  *seconds = static_cast<uint32_t>(sum);
  return true;
}

bool ParseTime(absl::string_view text, uint32_t* time) {
  if (text.size() <= 10) return ParseNumber(text, UINT32_MAX, time);
  if (text.size() != 14) return false;
  for (char c : text) {
    if (!IsDigit(c)) return false;
  }
  const uint32_t year = Digits(text, 0, 4);
  const uint32_t month = Digits(text, 4, 2);
  const uint32_t day = Digits(text, 6, 2);
  if (year < 1970 || year > 2106 || month < 1 || month > 12 || day < 1 || day > DaysIn(year, month))
    return false;
  const uint32_t hour = Digits(text, 8, 2);
  const uint32_t minute = Digits(text, 10, 2);
  const uint32_t second = Digits(text, 12, 2);
  if (hour > 23 || minute > 59 || second > 59) return false;
  const uint64_t sum = uint64_t{DaysSince1970(year, month, day)} * 86400 + hour * 3600 + minute * 60 + second;
  if (sum > UINT32_MAX) return false;
  *time = static_cast<uint32_t>(sum);
  return true;
}

std::string TimeText(uint32_t time) {
  const Date date = DateOf(time / 86400);
  const uint32_t second = time % 86400;
  return absl::StrFormat("%04u%02u%02u%02u%02u%02u", date.year, date.month, date.day, second / 3600,
                         second / 60 % 60, second % 60);
}

bool AppendIpv4(absl::string_view text, std::string* out) { return AppendAddress(AF_INET, text, 4, out); }

bool AppendIpv6(absl::string_view text, std::string* out) { return AppendAddress(AF_INET6, text, 16, out); }

std::string AddressText(std::span<const uint8_t> address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.size() == 4 ? AF_INET : AF_INET6, address.data(), text.data(), text.size());
  return text.data();
}

bool AppendHex(absl::string_view text, std::string* out) {
  return text.size() % 2 == 0 && AppendDigits(text, 4, HexValue, out);
}

std::string HexText(std::span<const uint8_t> octets) { return absl::BytesToHexString(Chars(octets)); }

bool AppendBase64(absl::string_view text, std::string* out) {
  if (text.size() % 4 != 0) return false;
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return AppendDigits(text, 6, Base64Value, out);
}

std::string Base64Text(std::span<const uint8_t> octets) { return absl::Base64Escape(Chars(octets)); }

bool AppendBase32Hex(absl::string_view text, std::string* out) {
  return AppendDigits(text, 5, Base32HexValue, out);
}

std::string Base32HexText(std::span<const uint8_t> octets) {
  constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string text;
  uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (uint8_t octet : octets) {
    pending = (pending << 8 | octet) & 0xffff;
    for (pending_bits += 8; pending_bits >= 5;) {
      pending_bits -= 5;
      text.push_back(kDigits[pending >> pending_bits & 31]);
    }
  }
  if (pending_bits > 0) text.push_back(kDigits[pending << (5 - pending_bits) & 31]);
  return text;
}

void AppendU16(uint32_t value, std::string* out) {
  out->push_back(static_cast<char>(value >> 8 & 0xff));
  out->push_back(static_cast<char>(value & 0xff));
}

void AppendU32(uint32_t value, std::string* out) {
  AppendU16(value >> 16, out);
  AppendU16(value, out);
}

}  // namespace quartet::dns
