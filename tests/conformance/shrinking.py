"""Makes a difference small: fewer records, fewer zones, a plainer question, as long as the servers still differ so.

Every attempt is a world of its own, so that one start of the servers tries hundreds of them.
"""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from conformance.four_servers import FourServers

ROUNDS = 14
ATTEMPTS = 300
# First two lines of a zone: its SOA and an NS record, without which it is none.
KEPT = 2


@dataclass(frozen=True)
class Attempt:
    """A world with one question. `zones` are (apex relative to the base, lines); `question` lacks the world's number."""

    zones: tuple
    question: str

    def size(self):
        return sum(len(lines) for _, lines in self.zones), len(self.question)


def base_of(world):
    return f"w{world:05d}.test."


def read(folder, difference):
    """The world of a difference, as an attempt."""
    number, _, question = difference.question.partition(" ")
    base, zones = base_of(int(number)), []
    for line in Path(folder, "zones.txt").read_text(encoding="utf-8").splitlines():
        apex, path = line.split(" ", 1)
        if apex == base or apex.endswith("." + base):
            # The first line is $ORIGIN.
            lines = Path(path).read_text(encoding="utf-8").splitlines()[1:]
            zones.append((apex.removesuffix(base).removesuffix(".") or "@", tuple(lines)))
    return Attempt(tuple(zones), question)


def write(folder, attempts):
    """Files for a start of the servers: attempt N is world N."""
    zones, questions = [], []
    for number, attempt in enumerate(attempts):
        base = base_of(number)
        for place, (apex, lines) in enumerate(attempt.zones):
            path = Path(folder, f"{number}-{place}.zone")
            path.write_text("\n".join((f"$ORIGIN {base}", *lines)) + "\n", encoding="utf-8")
            zones.append(f"{base if apex == '@' else f'{apex}.{base}'} {path}")
        questions.append(f"{number} {attempt.question}")
    Path(folder, "zones.txt").write_text("\n".join(zones) + "\n", encoding="utf-8")
    Path(folder, "questions.txt").write_text("\n".join(questions) + "\n", encoding="utf-8")


def plainer(question):
    """The question with less about it."""
    name, type_name, record_class, transport, edns, flags = question.split(" ")
    for flag in flags.strip("-"):
        yield " ".join((name, type_name, record_class, transport, edns, flags.replace(flag, "") or "-"))
    if edns != "-":
        yield " ".join((name, type_name, record_class, transport, "-", "".join(set(flags) - set("dov")) or "-"))
    if transport == "udp":
        yield " ".join((name, type_name, record_class, "tcp", edns, flags))


def smaller(attempt):
    """Attempts with less than this one, the smallest first."""
    for place in range(len(attempt.zones)):
        if len(attempt.zones) > 1:
            yield Attempt(attempt.zones[:place] + attempt.zones[place + 1 :], attempt.question)
    for question in plainer(attempt.question):
        yield Attempt(attempt.zones, question)
    longest = max(len(lines) for _, lines in attempt.zones)
    step = longest
    while step >= 1:
        for place, (apex, lines) in enumerate(attempt.zones):
            for at in range(KEPT, len(lines), step):
                left = lines[:at] + lines[at + step :]
                zones = attempt.zones[:place] + ((apex, left),) + attempt.zones[place + 1 :]
                if len(left) < len(lines):
                    yield Attempt(zones, attempt.question)
        step //= 2


def differing(attempts, kind):
    """Those of the attempts that differ as wanted, with the texts that say so."""
    folder = tempfile.mkdtemp(prefix="shrink-", dir="/tmp")
    try:
        write(folder, attempts)
        with FourServers(folder) as servers:
            report = servers.compare(show_all=True)
        return {
            int(each.question.split(" ", 1)[0]): each for each in report.differences if each.kind == kind
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shrink(folder, difference):
    """A text with zones, question and answers."""
    best, found = read(folder, difference), difference
    for _ in range(ROUNDS):
        attempts = []
        for attempt in smaller(best):
            attempts.append(attempt)
            if len(attempts) == ATTEMPTS:
                break
        worked = differing(attempts, difference.kind) if attempts else {}
        if not worked:
            break
        number = min(worked, key=lambda each: attempts[each].size())
        if attempts[number].size() >= best.size() and attempts[number].question == best.question:
            break
        best, found = attempts[number], worked[number]
    return describe(best, found)


def describe(attempt, difference):
    text = ""
    for apex, lines in attempt.zones:
        text += f"  zone {apex}\n" + "".join(f"    {line[:160]}\n" for line in lines)
    return text + f"  question {attempt.question}\n" + re.sub(r"(?m)^", "  ", difference.text)
