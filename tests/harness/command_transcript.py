"""What `quartet` prints, as a text that is the same for every run: for tests that compare it with a file."""

import re

# What differs from run to run, and what stands for it: of the same width, so that columns stay where they are.
_TIME = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ")
_JSON_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_ID = re.compile(r"\b([ZCO])[0-9A-HJKMNP-TV-Z]{13}\b")
_HEX = re.compile(r"\b[0-9a-f]{32}\b")
# YAML quotes what would read as a number, which some digests do.
_YAML_HEX = re.compile(r'^( *(?:- )?\w+: )"?[0-9a-f]{32}"?$', re.MULTILINE)
# Columns of paths are as wide as the folder's name is long.
_WIDE = re.compile(r" {20,}")
_JSON_NUMBERS = re.compile(
    r'\b(epoch|index|acknowledged_epoch|acknowledged_index|lag|disk_bytes|memory_bytes|serial|term|sessions)("?): "?\d+"?')
_WORD_NUMBERS = re.compile(r"\b(index|term|epoch|acknowledged at|zone) \d+")
_TOKEN = re.compile(r"\bAQ[A-Za-z0-9_-]{54}\b=?")
# Which nameserver was first is chance; so is whether an operation had to wait for something.
_ARRIVAL = re.compile(r"^2>  *(\d+\.\d ms|waiting:) .*\n", re.MULTILINE)
# A registry counts all of its objects.
_ROID = re.compile(r"\b([A-Z])\d+(-SANDBOX)\b")


class Normaliser:
    """`names`: what stands for which text. Ids keep their number over all texts: the first zone is Z…01, whatever it is called."""

    def __init__(self, names):
        self._replace = names
        self._ids = {}

    def __call__(self, text):
        for old, new in self._replace.items():
            text = text.replace(old, new)
        text = _TIME.sub("2000-01-01 00:00:00Z", text)
        text = _JSON_TIME.sub("2000-01-01T00:00:00Z", text)
        text = _ID.sub(self._id, text)
        if "/FOLDER" in text:
            text = _WIDE.sub("  ", text)
        text = _YAML_HEX.sub(r"\1" + "0" * 32, text)
        text = _HEX.sub("0" * 32, text)
        text = _TOKEN.sub("TOKEN", text)
        text = _ARRIVAL.sub("", text)
        text = _ROID.sub(r"\g<1>0\2", text)
        text = _JSON_NUMBERS.sub(r"\1\2: N", text)
        return _WORD_NUMBERS.sub(r"\1 N", text)

    def _id(self, match):
        kind = match.group(1)
        number = self._ids.setdefault(match.group(0), sum(known[0] == kind for known in self._ids) + 1)
        return f"{kind}{number:013d}"


_SIZE = re.compile(r"\b\d+(\.\d+)? ([KMGT]i)?B\b")
_SCRUB = re.compile(r"^(Last scrub: +).*", re.MULTILINE)


def without_numbers(text):
    """For tables of what moves all the time: numbers are N, and columns are two spaces apart."""
    text = _SCRUB.sub(r"\1…", _SIZE.sub("N B", text))
    return re.sub(r" {2,}", "  ", re.sub(r"(?<![\w.])\d+(?![\w.])", "N", text))


def transcript(arguments, result):
    """A command as one would have typed it, and what came."""
    words = " ".join(f"'{word}'" if re.search(r"[ \"*@]", word) else word for word in map(str, arguments))
    lines = [f"$ quartet {words}", *result.stdout.splitlines()]
    lines += [f"2> {line}" for line in result.stderr.splitlines()]
    if result.returncode != 0:
        lines.append(f"[exit status {result.returncode}]")
    return "\n".join(lines) + "\n\n"
