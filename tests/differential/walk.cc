#include "tests/differential/walk.h"

#include <algorithm>

namespace quartet::differential {
namespace {

using dns::Name;
using dns::Type;

const Name& TargetOf(const dns::RecordSet& set, std::vector<Name>* names) {
  *names = set.records().front().Names();
  return names->front();
}

// Cut or DNAME, from the apex down, at or above the name.
bool FindCover(const Zone& zone, const Name& name, Type type, Step* step) {
  const size_t below = name.label_count() - zone.apex.label_count();
  for (size_t n = below + 1; n-- > 0;) {
    const Name node = name.Ancestor(n);
    if (n != below && zone.Find(node, Type::kNs) != nullptr && !(n == 0 && type == Type::kDs)) {
      *step = {Stop::kCut, name, node};
      return true;
    }
    if (n != 0 && zone.Find(node, Type::kDname) != nullptr) {
      *step = {Stop::kDname, name, node};
      return true;
    }
  }
  return false;
}

Step OneStep(const Zone& zone, const Name& name, Type type) {
  Step step = {Stop::kNxDomain, name, name};
  if (!name.IsWithin(zone.apex)) return {Stop::kOutside, name, name};
  if (FindCover(zone, name, type, &step)) return step;
  if (!zone.Exists(name)) {
    Name encloser = name.Parent();
    while (!zone.Exists(encloser)) encloser = encloser.Parent();
    const auto star = encloser.Prepend("*");
    if (!star.ok() || !zone.Exists(*star)) return step;
    step.node = *star;
    step.wildcard = true;
  }
  const bool aliased = zone.Find(step.node, Type::kCname) != nullptr;
  if (aliased && type != Type::kCname && type != Type::kAny) {
    step.stop = Stop::kAlias;
  } else if (type == Type::kAny ? zone.names.count(step.node) != 0 : zone.Find(step.node, type) != nullptr) {
    step.stop = Stop::kAnswer;
  } else {
    step.stop = Stop::kNoData;
  }
  return step;
}

}  // namespace

std::vector<Step> Walk(const Zone& zone, const Name& question, Type type) {
  std::vector<Step> steps;
  Name name = question;
  std::vector<Name> names;
  for (;;) {
    const bool known =
        std::any_of(steps.begin(), steps.end(), [&](const Step& step) { return step.name == name; });
    steps.push_back(OneStep(zone, name, type));
    Step& step = steps.back();
    if (known) step.stop = Stop::kKnown;
    if (step.stop == Stop::kAlias) {
      name = TargetOf(*zone.Find(step.node, Type::kCname), &names);
    } else if (step.stop == Stop::kDname) {
      Name target = TargetOf(*zone.Find(step.node, Type::kDname), &names);
      for (size_t i = name.label_count() - step.node.label_count(); i-- > 0;) {
        const auto longer = target.Prepend(name.label(i));
        if (!longer.ok()) {
          step.stop = Stop::kTooLong;
          return steps;
        }
        target = *longer;
      }
      // The synthesised CNAME is the answer to those who ask for one.
      if (type == Type::kCname || type == Type::kAny) return steps;
      name = target;
    } else {
      return steps;
    }
    // A DNAME below itself makes ever longer names; nobody goes on for long.
    if (steps.size() > 40) return steps;
  }
}

}  // namespace quartet::differential
