#include "tests/bench/load_queries.h"

#include <fstream>

#include "dns/name/name.h"
#include "dns/rdata/type.h"

namespace quartet::tests {
namespace {

std::string Encode(const dns::Name& name, dns::Type type) {
  std::string query(12, '\0');
  query[5] = 1;
  query.append(reinterpret_cast<const char*>(name.wire().data()), name.wire().size());
  const auto number = static_cast<uint16_t>(type);
  query += {static_cast<char>(number >> 8), static_cast<char>(number), '\0', '\1'};
  return query;
}

}  // namespace

LoadQueries LoadQueries::Read(const char* path) {
  std::vector<std::string> queries;
  std::ifstream file(path);
  for (std::string name, type; file >> name >> type;) {
    const auto parsed_name = dns::Name::Parse(name);
    const auto parsed_type = dns::ParseType(type);
    if (!parsed_name.ok() || !parsed_type.ok()) continue;
    queries.push_back(Encode(*parsed_name, *parsed_type));
  }
  return LoadQueries(std::move(queries));
}

}  // namespace quartet::tests
