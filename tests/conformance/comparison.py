"""Two servers' answers to the same question, compared: all but what is ours by design, SOA and apex NS."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Essence:
    """What must be equal."""

    rcode: str
    authoritative: bool
    truncated: bool
    answers: tuple
    authority: tuple


class Comparison:
    def __init__(self, apex):
        self._apex = apex

    def essence(self, answer):
        return Essence(
            answer.rcode, answer.authoritative, answer.truncated, self._records(answer.answers),
            self._records(answer.authority),
        )

    def _records(self, records):
        """Sorted, with TTLs, without SOA and apex NS."""
        kept = [(record, record.ttl) for record in records if not self._ours(record)]
        return tuple(sorted(kept))

    def _ours(self, record):
        return record.type == "SOA" or (record.type == "NS" and record.owner == self._apex)

    def _contradictions(self, ours, theirs):
        """Our records of record sets that they have too, but not so."""
        known = {(record.owner, record.type) for record in theirs}
        mine = {(record, ttl) for record, ttl in self._records(ours) if (record.owner, record.type) in known}
        return mine - set(self._records(theirs))

    def difference(self, question, ours, theirs, server):
        """None, or what differs in words. The additional section is a courtesy: ours may hold more or less, not other."""
        mine, other = self.essence(ours), self.essence(theirs)
        text = f"{question[0]} {question[1]}: "
        if mine != other:
            return text + "; ".join(
                f"{field}: ours {_shown(getattr(mine, field))}, {server}'s {_shown(getattr(other, field))}"
                for field in vars(mine) if getattr(mine, field) != getattr(other, field)
            )
        wrong = self._contradictions(ours.additional, theirs.additional)
        # Glue is no courtesy: without it the child zone can't be reached.
        referral = not ours.answers and not ours.authoritative
        missing = set(self._records(theirs.additional)) - set(self._records(ours.additional)) if referral else set()
        if wrong or missing:
            return text + f"additional: {server} has not our {_shown(wrong)}, we lack its {_shown(missing)}"
        return None


def _shown(value):
    if not isinstance(value, (tuple, set)):
        return str(value)
    return "[" + ", ".join(f"{record.owner} {ttl} {record.type} {record.text()}" for record, ttl in sorted(value)) + "]"
