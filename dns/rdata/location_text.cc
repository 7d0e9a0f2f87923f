#include "dns/rdata/location_text.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dns/rdata/text_codec.h"

namespace quartet::dns {
namespace {

// Equator and prime meridian; coordinates are thousandths of an arc second from there.
constexpr uint32_t kOrigin = 1U << 31;
constexpr uint32_t kDegree = 3600 * 1000;
// Altitudes are centimetres above this depth.
constexpr int64_t kAltitudeBase = 100000 * 100;

// Digits with at most `places` behind a dot, as a count of 10^-places. At most 2^32 - 1 before the dot.
bool ParseDecimal(absl::string_view text, size_t places, int64_t* value) {
  const size_t dot = text.find('.');
  absl::string_view fraction = dot == absl::string_view::npos ? absl::string_view() : text.substr(dot + 1);
  if (dot != absl::string_view::npos && (fraction.empty() || fraction.size() > places)) return false;
  uint32_t whole = 0;
  uint32_t part = 0;
  if (!ParseNumber(text.substr(0, dot), UINT32_MAX, &whole)) return false;
  if (!fraction.empty() && !ParseNumber(fraction, UINT32_MAX, &part)) return false;
  int64_t scale = 1;
  for (size_t i = 0; i < places; ++i) {
    scale *= 10;
    if (i >= fraction.size()) part *= 10;
  }
  *value = int64_t{whole} * scale + part;
  return true;
}

// Metres with or without an "m", in centimetres.
bool ParseMetres(absl::string_view text, int64_t* centimetres) {
  if (!text.empty() && (text.back() == 'm' || text.back() == 'M')) text.remove_suffix(1);
  const bool below = !text.empty() && text.front() == '-';
  if (below) text.remove_prefix(1);
  if (!ParseDecimal(text, 2, centimetres)) return false;
  if (below) *centimetres = -*centimetres;
  return true;
}

// Centimetres as one digit and a power of ten, an octet (RFC 1876 §2); what lies between is rounded down.
bool SizeOctet(int64_t centimetres, uint8_t* octet) {
  if (centimetres < 0 || centimetres > 9'000'000'000) return false;
  uint8_t power = 0;
  for (; centimetres > 9; ++power) centimetres /= 10;
  *octet = static_cast<uint8_t>(centimetres << 4 | power);
  return true;
}

std::string SizeText(uint8_t octet) {
  int64_t centimetres = octet >> 4;
  for (int i = octet & 15; i > 0; --i) centimetres *= 10;
  return absl::StrFormat("%d.%02dm", centimetres / 100, centimetres % 100);
}

bool IsSize(uint8_t octet) {
  // A zero has no power in our writing, and a power is at most 9.
  return octet >> 4 == 0 ? octet == 0 : octet >> 4 <= 9 && (octet & 15) <= 9;
}

class Reader {
 public:
  Reader(std::span<const TextToken> tokens, size_t* bad) : tokens_(tokens), bad_(bad) { *bad_ = 0; }

  absl::Status ReadCoordinate(absl::string_view what, uint32_t degrees, char plus, char minus,
                              uint32_t* out) {
    // Degrees, minutes, thousandths of seconds.
    constexpr std::array<int64_t, 3> kUnit = {kDegree, 60 * 1000, 1};
    constexpr std::array<int64_t, 3> kBelow = {181, 60, 60 * 1000};
    int64_t sum = 0;
    for (size_t i = 0;; ++i, Next()) {
      if (AtEnd()) return Wrong(what, "it ends before its direction");
      const absl::string_view word = tokens_[*bad_].raw;
      const bool direction = word.size() == 1 && (word[0] == plus || word[0] == minus);
      if (direction && i > 0) {
        if (sum > int64_t{degrees} * kDegree) return Wrong(what, absl::StrCat("over ", degrees, " degrees"));
        *out = word[0] == plus ? kOrigin + static_cast<uint32_t>(sum) : kOrigin - static_cast<uint32_t>(sum);
        Next();
        return absl::OkStatus();
      }
      int64_t number = 0;
      if (i == 3 || !ParseDecimal(word, i == 2 ? 3 : 0, &number) || number >= kBelow[i]) {
        return Wrong(what, absl::StrCat(ShowToken(tokens_[*bad_]), " is not in the form 52 22 23.000 ",
                                        std::string(1, plus)));
      }
      sum += number * kUnit[i];
    }
  }

  absl::Status ReadAltitude(uint32_t* out) {
    int64_t centimetres = 0;
    if (AtEnd()) return Wrong("altitude", "it is missing");
    if (!ParseMetres(tokens_[*bad_].raw, &centimetres) || centimetres + kAltitudeBase < 0 ||
        centimetres + kAltitudeBase > UINT32_MAX) {
      return Wrong("altitude", "metres from -100000.00 to 42849672.95");
    }
    *out = static_cast<uint32_t>(centimetres + kAltitudeBase);
    Next();
    return absl::OkStatus();
  }

  // Leaves `*octet` alone at the end.
  absl::Status ReadSize(absl::string_view what, uint8_t* octet) {
    if (AtEnd()) return absl::OkStatus();
    int64_t centimetres = 0;
    if (!ParseMetres(tokens_[*bad_].raw, &centimetres) || !SizeOctet(centimetres, octet)) {
      return Wrong(what, "metres from 0 to 90000000.00");
    }
    Next();
    return absl::OkStatus();
  }

  absl::Status ReadEnd() {
    return AtEnd() ? absl::OkStatus()
                   : Wrong("location", absl::StrCat(ShowToken(tokens_[*bad_]), " is too much"));
  }

 private:
  bool AtEnd() const { return *bad_ == tokens_.size(); }
  void Next() { ++*bad_; }
  static absl::Status Wrong(absl::string_view what, absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": ", why));
  }

  std::span<const TextToken> tokens_;
  // Where it is; stays there when something is wrong.
  size_t* bad_;
};

uint32_t ReadU32(std::span<const uint8_t> wire) {
  return uint32_t{wire[0]} << 24 | uint32_t{wire[1]} << 16 | uint32_t{wire[2]} << 8 | uint32_t{wire[3]};
}

bool Within(uint32_t coordinate, uint32_t degrees) {
  return coordinate >= kOrigin - degrees * kDegree && coordinate <= kOrigin + degrees * kDegree;
}

std::string CoordinateText(uint32_t coordinate, char plus, char minus) {
  const bool positive = coordinate >= kOrigin;
  const uint32_t off = positive ? coordinate - kOrigin : kOrigin - coordinate;
  return absl::StrFormat("%u %u %u.%03u %c", off / kDegree, off / 60000 % 60, off / 1000 % 60, off % 1000,
                         positive ? plus : minus);
}

std::string AltitudeText(uint32_t altitude) {
  const int64_t centimetres = int64_t{altitude} - kAltitudeBase;
  const int64_t size = centimetres < 0 ? -centimetres : centimetres;
  return absl::StrFormat("%s%d.%02dm", centimetres < 0 ? "-" : "", size / 100, size % 100);
}

}  // namespace

absl::Status AppendLocation(std::span<const TextToken> tokens, size_t* bad, std::string* wire) {
  Reader reader(tokens, bad);
  uint32_t latitude = 0;
  uint32_t longitude = 0;
  uint32_t altitude = 0;
  // Version, then the defaults of RFC 1876 §3: 1 m, 10 km, 10 m.
  std::array<uint8_t, 4> sizes = {0, 0x12, 0x16, 0x13};
  absl::Status status = reader.ReadCoordinate("latitude", 90, 'N', 'S', &latitude);
  if (status.ok()) status = reader.ReadCoordinate("longitude", 180, 'E', 'W', &longitude);
  if (status.ok()) status = reader.ReadAltitude(&altitude);
  if (status.ok()) status = reader.ReadSize("size", &sizes[1]);
  if (status.ok()) status = reader.ReadSize("horizontal precision", &sizes[2]);
  if (status.ok()) status = reader.ReadSize("vertical precision", &sizes[3]);
  if (status.ok()) status = reader.ReadEnd();
  if (!status.ok()) return status;
  for (uint8_t octet : sizes) wire->push_back(static_cast<char>(octet));
  for (uint32_t number : {latitude, longitude, altitude}) AppendU32(number, wire);
  return absl::OkStatus();
}

bool FormatLocation(std::span<const uint8_t> wire, std::string* text) {
  if (wire.size() != 16 || wire[0] != 0 || !IsSize(wire[1]) || !IsSize(wire[2]) || !IsSize(wire[3]))
    return false;
  const uint32_t latitude = ReadU32(wire.subspan(4));
  const uint32_t longitude = ReadU32(wire.subspan(8));
  if (!Within(latitude, 90) || !Within(longitude, 180)) return false;
  absl::StrAppend(text, CoordinateText(latitude, 'N', 'S'), " ", CoordinateText(longitude, 'E', 'W'), " ",
                  AltitudeText(ReadU32(wire.subspan(12))), " ", SizeText(wire[1]), " ", SizeText(wire[2]),
                  " ", SizeText(wire[3]));
  return true;
}

}  // namespace quartet::dns
