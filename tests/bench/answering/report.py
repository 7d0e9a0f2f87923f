"""Medians over the rounds, as Markdown and JSON."""

import json
import statistics

# What a row's results are called, main figure first.
FIGURES = {"µs": ("us", "user", "qps"), "MB": ("value",), "s": ("value",)}


def medians(row, results):
    """The median of each figure over `results`, a list of what a visit returned for the row."""
    return {figure: statistics.median(result[figure] for result in results) for figure in FIGURES[row.unit]}


def main_figure(row, median):
    return median[FIGURES[row.unit][0]]


def ratio(row, table, server, other):
    """How many times what `other` takes `server` takes; None where either is missing."""
    if server not in table or other not in table or not main_figure(row, table[other]):
        return None
    return main_figure(row, table[server]) / main_figure(row, table[other])


def cell(row, median):
    if median is None:
        return "–"
    value = main_figure(row, median)
    if row.unit == "µs":
        return f"{value:.2f} ({median['user']:.2f})"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def goal(row, sizes_are_whole):
    return f"{row.goal:g}" if row.goal is not None and sizes_are_whole else "–"


def markdown(lines, servers, sizes_are_whole, about):
    """`lines`: (row, its title, medians by server). `about`: a sentence on how the figures came about."""
    out = [about, ""]
    ours = next((name for name in servers if name.startswith("quartet")), "quartet")
    head = ["work", *servers, "goal", "× echo", "× knot"]
    out += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row, title, table in lines:
        ratios = (ratio(row, table, ours, other) for other in ("echo", "knot"))
        cells = [f"{title}: {row.unit}", *(cell(row, table.get(name)) for name in servers),
                 goal(row, sizes_are_whole), *("–" if one is None else f"{one:.2f}" for one in ratios)]
        out.append("| " + " | ".join(cells) + " |")
    out += ["", "µs: time of the server on the CPU per query, in parentheses what of it is in user space. × echo, × knot: what"
            f" {ours} takes, by what they take. MB: 10^6 bytes, shared pages counted in proportion."]
    return "\n".join(out) + "\n"


def as_json(lines, results, about):
    rows = {
        row.name: {"title": title, "unit": row.unit, "goal": row.goal, "medians": table,
                   "rounds": {server: found[row.name] for server, found in results.items() if row.name in found}}
        for row, title, table in lines
    }
    return json.dumps({"about": about, "rows": rows}, indent=1, ensure_ascii=False) + "\n"
