#include "tests/differential/rules.h"

#include <algorithm>

namespace quartet::differential {
namespace {

using dns::Rcode;
using dns::Type;

unsigned Bit(const Case& of, absl::string_view server) {
  for (size_t i = 0; i < of.servers.size(); ++i) {
    if (of.servers[i] == server) return 1u << i;
  }
  return 0;
}

// Those of all servers but ours of whose answer `holds` is true.
template <typename Predicate>
unsigned Peers(const Case& of, Predicate holds) {
  unsigned bits = 0;
  for (size_t i = kOurs + 1; i < of.replies.size(); ++i) {
    if (holds(of.replies[i], i)) bits |= 1u << i;
  }
  return bits;
}

bool IsEmpty(const Reply& reply) { return reply.answer.empty() && reply.authority.empty(); }

// What "no" may be to a class that nobody serves.
unsigned OddClass(const Case& of) {
  if (of.question.record_class == dns::Class::kIn) return 0;
  const Reply& ours = of.replies[kOurs];
  if (ours.rcode != Rcode::kRefused || !IsEmpty(ours)) return 0;
  return Peers(of, [](const Reply& reply, size_t) {
    return IsEmpty(reply) &&
           (reply.missing || reply.rcode == Rcode::kRefused || reply.rcode == Rcode::kNotImp ||
            reply.rcode == Rcode::kFormErr || reply.rcode == Rcode::kNotAuth);
  });
}

// QCLASS ANY: "never authoritative" (RFC 1035 §6.2), otherwise as IN. knot sets AA, nsd leaves the SOA out, named has FORMERR.
unsigned AnyClass(const Case& of) {
  if (of.question.record_class != dns::Class::kAny) return 0;
  const Reply& ours = of.whole[kOurs];
  if (ours.authoritative) return 0;
  return Peers(of, [&](const Reply& reply, size_t i) {
    if (of.servers[i] == "named") return reply.rcode == Rcode::kFormErr;
    const bool any = of.question.type == Type::kAny;
    return of.whole[i].rcode == ours.rcode && (any || of.whole[i].answer == ours.answer);
  });
}

// Data types that may stand beside a CNAME (RFC 4035 §2.5, RFC 2181 §10.1), of which unsigned zones have none: knot and
// named then say that there is no such data at the alias; by RFC 1034 §3.6.2 a CNAME is followed where the type asked for
// is not found.
unsigned SignaturesOfAliases(const Case& of) {
  const Type type = of.question.type;
  const bool beside = type == Type::kRrsig || type == Type::kNsec || type == Type::kSig ||
                      type == Type::kNxt || type == Type::kKey;
  const bool alias =
      std::any_of(of.walk.begin(), of.walk.end(), [](const Step& step) { return step.stop == Stop::kAlias; });
  if (!beside || !alias) return 0;
  const Reply& ours = of.replies[kOurs];
  return Peers(of, [&](const Reply& reply, size_t) {
    return reply.rcode == Rcode::kNoError && reply.answer.size() < ours.answer.size() &&
           std::includes(ours.answer.begin(), ours.answer.end(), reply.answer.begin(), reply.answer.end());
  });
}

// A chain of CNAMEs and DNAMEs that comes to a name of which another zone served here is nearer. By RFC 1034 §4.3.2 the
// search begins anew there; what is answered so is the resolver's to believe or to ask again (RFC 2181 §5.4.1). nsd goes
// on in the other zone, named stops there, we and knot stay in the zone.
unsigned ChainsBetweenZones(const Case& of) {
  if (of.walk.size() < 2) return 0;
  const bool leaves = std::any_of(of.walk.begin() + 1, of.walk.end(), [&](const Step& step) {
    const Zone* nearest = of.world.ZoneOf(step.name);
    return nearest != nullptr && nearest != of.zone;
  });
  if (!leaves) return 0;
  return Bit(of, "nsd") | Bit(of, "named");
}

// nsd has the names of all zones in one tree: a name of one zone (glue, data below a cut) exists in every other, so that
// it is no NXDOMAIN there, and no wildcard covers it. By RFC 4592 §2.2.2 names exist in their own zone only.
unsigned NamesOfOtherZones(const Case& of) {
  const auto elsewhere = [&](const dns::Name& name) {
    return std::any_of(of.world.zones().begin(), of.world.zones().end(), [&](const Zone& other) {
      if (&other == of.zone) return false;
      return other.apex.IsWithin(name) || (name.IsWithin(other.apex) && other.Exists(name));
    });
  };
  const auto shared = [&](const dns::Name& name) {
    if (!name.IsWithin(of.zone->apex)) return false;
    for (dns::Name at = name; !of.zone->Exists(at); at = at.Parent()) {
      const auto star = at.Parent().Prepend("*");
      if (elsewhere(at) || (star.ok() && elsewhere(*star))) return true;
    }
    return false;
  };
  if (!std::any_of(of.walk.begin(), of.walk.end(), [&](const Step& step) { return shared(step.name); }))
    return 0;
  return Bit(of, "nsd");
}

// RFC 1034 §3.6.2 wants loops told as an error, without saying by whom. The zone has these records, so they are the
// answer, as they are when the loop spans zones; a resolver finds the loop. named says SERVFAIL beside them, knot and nsd
// have a CNAME that leads to itself twice.
unsigned Loops(const Case& of) {
  if (of.walk.empty() || of.walk.back().stop != Stop::kKnown) return 0;
  return Peers(of, [&](const Reply& reply, size_t i) {
    if (of.servers[i] == "named") return reply.rcode == Rcode::kServFail;
    return reply.malformed && reply.answer == of.replies[kOurs].answer;
  });
}

// ANY at a name below a DNAME: the synthesised CNAME is data of the name, so that it matches (RFC 6672 §3.2 with RFC 1034
// §3.6.2); knot and nsd follow it.
unsigned AnyBelowDname(const Case& of) {
  if (of.question.type != Type::kAny || of.walk.empty()) return 0;
  if (of.walk[0].stop != Stop::kDname && of.walk[0].stop != Stop::kTooLong) return 0;
  const Reply& ours = of.whole[kOurs];
  return Peers(of, [&](const Reply&, size_t i) {
    const Records& theirs = of.whole[i].answer;
    return std::includes(theirs.begin(), theirs.end(), ours.answer.begin(), ours.answer.end());
  });
}

// The DS of a zone served here is data of the zone above it (RFC 4035 §3.1.4.1): of the nearest one. Where three zones lie
// below each other nsd may take it from the one above that, or not find it. A chain stays in its zone for us, knot and
// named; nsd changes to the zone above for the DS of the apex it leads to.
unsigned DsAmongThreeZones(const Case& of) {
  if (of.question.type != Type::kDs) return 0;
  if (of.walk.empty()) return 0;
  const dns::Name& last = of.walk.back().name;
  if (of.walk.size() > 1 && last == of.zone->apex) return Bit(of, "nsd");
  for (const dns::Name* name : {&of.name, &last}) {
    size_t above = 0;
    for (const Zone& zone : of.world.zones()) above += name->IsWithin(zone.apex) ? 1 : 0;
    if (above >= 3) return Bit(of, "nsd");
  }
  return 0;
}

bool MeetsDnameAgain(const Case& of) {
  for (size_t i = 0; i < of.walk.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (of.walk[i].node == of.walk[j].node && of.walk[j].stop == Stop::kDname) return true;
    }
  }
  return false;
}

// A chain that meets a DNAME again goes on (RFC 6672 §3.2); if the DNAME leads below itself there is no end but that of
// patience. named goes on until the name is too long, we for 16 steps, knot for some, nsd for one.
unsigned DnamesMetAgain(const Case& of) {
  if (!MeetsDnameAgain(of)) return 0;
  const Reply& ours = of.whole[kOurs];
  return Peers(of, [&](const Reply&, size_t i) {
    const Records& theirs = of.whole[i].answer;
    return std::includes(theirs.begin(), theirs.end(), ours.answer.begin(), ours.answer.end()) ||
           std::includes(ours.answer.begin(), ours.answer.end(), theirs.begin(), theirs.end());
  });
}

// A name that a DNAME makes too long is YXDOMAIN (RFC 6672 §2.2); knot adds the SOA, as to a negative answer, which this is
// not by RFC 2308, or CNAMEs it would have gone on with, or says NXDOMAIN.
unsigned TooLong(const Case& of) {
  if (of.walk.empty() || of.walk.back().stop != Stop::kTooLong) return 0;
  const Reply& ours = of.whole[kOurs];
  return Peers(of, [&](const Reply&, size_t i) {
    const Reply& theirs = of.whole[i];
    return of.servers[i] == "knotd" &&
           (theirs.rcode == Rcode::kYxDomain || theirs.rcode == Rcode::kNxDomain) &&
           std::includes(theirs.answer.begin(), theirs.answer.end(), ours.answer.begin(), ours.answer.end());
  });
}

// RFC 2181 §9, RFC 9471 §3.1: where the SOA of a negative answer or glue for hosts below the cut does not fit, TC is set.
// Some leave it out without a word.
unsigned LeftOutSilently(const Case& of) {
  if (of.question.tcp) return 0;
  Case over_tcp = of;
  over_tcp.replies = of.whole;
  const Essence ours = EssenceOf(over_tcp, of.whole[kOurs]);
  return Peers(of, [&](const Reply& reply, size_t i) {
    if (reply.truncated || of.whole[i].size <= of.question.UdpLimit()) return false;
    return EssenceOf(over_tcp, of.whole[i]) == ours;
  });
}

// ANY: any of the name's sets will do, or all.
unsigned AnyOneSet(const Case& of) {
  if (of.question.type != Type::kAny) return 0;
  const Reply& ours = of.replies[kOurs];
  if (ours.answer.empty() && !ours.truncated) return 0;
  return Peers(of, [&](const Reply& reply, size_t i) {
    const Reply& whole = of.whole[i];
    return whole.rcode == ours.rcode && whole.authoritative == ours.authoritative && !whole.answer.empty() &&
           (reply.truncated || ours.truncated || reply.authority.empty() || ours.authority.empty());
  });
}

// Whether a message fits depends on how well its names are compressed, and on optional data. An answer of ours with TC must
// have been too long to send; what it is over TCP must be what a peer has there. (Of two with TC one may have come to
// the end of a chain, and say NXDOMAIN.)
unsigned SizesDiffer(const Case& of) {
  if (of.question.tcp) return 0;
  bool some = false;
  for (size_t i = 0; i < of.replies.size(); ++i) {
    const Reply& reply = of.replies[i];
    const Reply& whole = of.whole[i];
    if (!reply.truncated) continue;
    some = true;
    if (i == kOurs && whole.size <= of.question.UdpLimit()) return 0;
  }
  if (!some) return 0;
  // Ours must then be right when it is whole.
  Case over_tcp = of;
  over_tcp.replies = of.whole;
  const Essence ours = EssenceOf(over_tcp, over_tcp.replies[kOurs]);
  return Peers(of, [&](const Reply& reply, size_t i) {
    if (!reply.truncated && !of.replies[kOurs].truncated) return false;
    return EssenceOf(over_tcp, over_tcp.replies[i]) == ours;
  });
}

constexpr Rule kRules[] = {
    {"odd-class", "RFC 1035 §4.1.1, RFC 8906 §3.1.4", OddClass},
    {"any-class", "RFC 1035 §6.2", AnyClass},
    {"any-one-set", "RFC 8482 §4.1", AnyOneSet},
    {"signatures-of-aliases", "RFC 1034 §3.6.2, RFC 4035 §2.5", SignaturesOfAliases},
    {"chains-between-zones", "RFC 1034 §4.3.2", ChainsBetweenZones},
    {"names-of-other-zones", "RFC 4592 §2.2.2", NamesOfOtherZones},
    {"loops", "RFC 1034 §3.6.2", Loops},
    {"any-below-dname", "RFC 6672 §3.2", AnyBelowDname},
    {"ds-among-three-zones", "RFC 4035 §3.1.4.1", DsAmongThreeZones},
    {"dnames-met-again", "RFC 6672 §3.2", DnamesMetAgain},
    {"too-long", "RFC 6672 §2.2", TooLong},
    {"left-out-silently", "RFC 2181 §9, RFC 9471 §3.1", LeftOutSilently},
    {"sizes-differ", "RFC 1035 §4.1.4, RFC 2181 §9", SizesDiffer},
};

}  // namespace

std::span<const Rule> Rules() { return kRules; }

}  // namespace quartet::differential
