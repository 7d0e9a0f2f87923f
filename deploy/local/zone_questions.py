"""Which questions prove that a server serves a zone's record sets, and what it must answer."""

from dataclasses import dataclass

# Types whose values dns_query prints as the zone file has them.
_COMPARED = {"A", "AAAA", "CNAME", "MX", "NS", "PTR"}


@dataclass(frozen=True)
class Question:
    """Ask for the record set's own owner and type; `referral`: a child zone answers for it, we only point there."""

    owner: str
    type: str
    ttl: int
    values: tuple
    referral: bool

    def accepts(self, answer):
        if answer.truncated:
            return True  # Over UDP; the whole answer is asked for over TCP.
        if answer.rcode != "NOERROR":
            return False
        if self.referral:
            return not answer.authoritative and any(record.type == "NS" for record in answer.authority)
        records = [record for record in answer.answers if record.type == self.type and record.owner == self.owner]
        if not answer.authoritative or len(records) != len(self.values) or any(r.ttl != self.ttl for r in records):
            return False
        if self.type not in _COMPARED:
            return True
        return sorted(record.text() for record in records) == sorted(value.lower() for value in self.values)


def questions(apex, record_sets, most):
    """One question for each record set (a RecordSet message); evenly chosen where there are more than `most`."""
    cuts = {one["owner"].lower() for one in record_sets if one["type"] == "NS" and one["owner"].lower() != apex}
    step = max(1, -(-len(record_sets) // most))
    return [_question(one, cuts) for one in record_sets[::step]]


def _question(record_set, cuts):
    owner, type_name = record_set["owner"].lower(), record_set["type"]
    below_a_cut = any(owner == cut or owner.endswith("." + cut) for cut in cuts)
    at_a_cut_but_ours = owner in cuts and type_name == "DS"
    return Question(
        owner, type_name, record_set["ttl"], tuple(record_set["values"]), below_a_cut and not at_a_cut_but_ours
    )
