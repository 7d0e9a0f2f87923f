#include "tests/differential/question_generator.h"

#include "absl/strings/str_cat.h"

namespace quartet::differential {
namespace {

using dns::Type;

constexpr Type kTypes[] = {Type::kA,    Type::kA,     Type::kA,    Type::kAaaa,  Type::kNs,
                           Type::kMx,   Type::kTxt,   Type::kSrv,  Type::kCname, Type::kDname,
                           Type::kDs,   Type::kDs,    Type::kSoa,  Type::kAny,   Type::kPtr,
                           Type::kCaa,  Type::kHttps, Type::kNsec, Type::kRrsig, Type::kDnskey,
                           Type{65280}, Type{65281},  Type{65535}, Type{15000}};
constexpr uint16_t kSizes[] = {0, 512, 513, 600, 900, 1232, 1232, 1232, 4096, 65535};
constexpr dns::Class kClasses[] = {dns::Class::kChaos, dns::Class{4},    dns::Class::kNone, dns::Class{2},
                                   dns::Class{0},      dns::Class::kAny, dns::Class{65280}};

// The name without its first label; the base stays.
std::string Above(const std::string& name) {
  for (size_t i = 0; i + 1 < name.size(); ++i) {
    if (name[i] == '\\') {
      ++i;
    } else if (name[i] == '.') {
      return name.substr(i + 1);
    }
  }
  return "@";
}

std::string LongBelow(std::string name, Dice& dice) {
  const size_t octets = 180 + dice.Pick(76);
  const size_t label = dice.OneIn(4) ? 1 : 20 + dice.Pick(40);
  while (name.size() + label + 1 + 14 < octets) name = Below(std::string(label, 'q'), name);
  return name;
}

std::string RandomName(const WorldText& world, Dice& dice) {
  const std::string& name = dice.Of(world.names);
  if (name.back() == '.') return name;
  const std::string& label = dice.Of(world.labels);
  switch (dice.Pick(16)) {
    case 0:
      return Above(name);
    case 1:
    case 2:
      return Below(label, name);
    case 3:
      return Below(label, Below(dice.Of(world.labels), name));
    case 4:
    case 5:
      return Below(label, Above(name));
    case 6:
      return Below(dice.OneIn(2) ? "*" : "nope", dice.OneIn(2) ? name : Above(name));
    case 7:
      return Below("a", Below("*", Above(name)));
    case 8:
      return Below(label, Above(Above(name)));
    case 9:
      return dice.OneIn(2) ? LongBelow(name, dice) : Below("nope", name);
    case 10:
      return dice.OneIn(8) ? "outside.w99999.test." : Below(label, "@");
    default:
      return name;
  }
}

// A name and type that are there, or what a wildcard, an alias or a DNAME there is for.
void AskForASet(const WorldText& world, Question* question, Dice& dice) {
  const auto& [owner, type] = dice.Of(world.sets);
  const bool aside = !dice.OneIn(4);
  question->name = owner;
  question->type = dns::ParseType(type).value_or(Type::kA);
  if (aside && (type == "CNAME" || type == "DNAME")) question->type = dice.Of(kTypes);
  if (aside && type == "DNAME") {
    question->name = Below(dice.OneIn(3) ? "nope" : dice.Of(world.labels), owner);
  } else if (aside && owner.compare(0, 2, "*.") == 0) {
    question->name = Below(dice.OneIn(3) ? dice.Of(world.labels) : "nope", owner.substr(2));
  }
}

void SetTransport(Question* question, Dice& dice) {
  question->tcp = dice.OneIn(4);
  question->edns = !dice.OneIn(3);
  question->recursion_desired = dice.OneIn(8);
  question->mixed_case = dice.OneIn(4);
  if (!question->edns) return;
  question->udp_payload = dice.Of(kSizes);
  question->dnssec_ok = dice.OneIn(3);
  question->unknown_option = dice.OneIn(8);
  question->other_version = dice.OneIn(40);
}

}  // namespace

std::vector<Question> MakeQuestions(size_t world, const WorldText& text, size_t count, Dice& dice) {
  std::vector<Question> questions(count);
  for (Question& question : questions) {
    question.world = world;
    if (dice.OneIn(3)) {
      AskForASet(text, &question, dice);
    } else {
      question.name = RandomName(text, dice);
      question.type = dice.Of(kTypes);
    }
    if (dice.OneIn(60)) question.record_class = dice.Of(kClasses);
    SetTransport(&question, dice);
  }
  return questions;
}

}  // namespace quartet::differential
