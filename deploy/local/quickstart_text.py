"""How the quickstart writes: headlines, lines, tables."""

import datetime
from pathlib import Path


class ShowFailed(Exception):
    """A step did not do what it must."""


def headline(text):
    say(f"\n== {text}")


def say(text):
    print(text, flush=True)


def table(rows):
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(max(map(len, rows)))]
    for row in rows:
        say("  " + "   ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def shown_path(path):
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def parse_time(text):
    """A protobuf timestamp in JSON, up to nanoseconds, as seconds since the Unix epoch."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = datetime.datetime.fromisoformat(whole + "+00:00").timestamp()
    return seconds + float("0." + (fraction or "0"))
