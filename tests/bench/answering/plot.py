"""The table as a picture: a panel for each row, a bar for each server."""

from xml.sax.saxutils import escape

from bench.answering import report

WIDTH, MARGIN, LABEL, VALUE = 760, 16, 110, 110
BAR, GAP, TITLE = 16, 5, 26
OURS, OTHERS, GOAL = "#1f6fb2", "#b9c2cc", "#c0392b"


def text(x, y, content, **style):
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(content)}</text>'


def rectangle(x, y, width, height, colour):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def panel(row, title, table, goal, top):
    """The elements of one row's panel, and where the next begins."""
    out = [text(MARGIN, top + 14, f"{title}, {row.unit}", font_weight="bold")]
    values = {server: report.main_figure(row, median) for server, median in table.items()}
    most = max([*values.values(), goal or 0]) or 1
    room = WIDTH - 2 * MARGIN - LABEL - VALUE
    y = top + TITLE
    for server, value in values.items():
        colour = OURS if server.startswith("quartet") else OTHERS
        out += [text(MARGIN, y + 12, server), rectangle(MARGIN + LABEL, y, room * value / most, BAR, colour),
                text(MARGIN + LABEL + room * value / most + 6, y + 12, report.cell(row, table[server]))]
        y += BAR + GAP
    if goal:
        out.append(rectangle(MARGIN + LABEL + room * goal / most, top + TITLE - 3, 1.5, y - top - TITLE + 1, GOAL))
    return out, y + GAP


def svg(lines, sizes_are_whole):
    """`lines` as report.markdown's. A red line is what quartet is to reach."""
    elements, y = [], MARGIN
    for row, title, table in lines:
        if table:
            drawn, y = panel(row, title, table, row.goal if sizes_are_whole else None, y)
            elements += drawn
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y:.0f}" font-family="sans-serif"'
            f' font-size="12" fill="#222"><rect width="100%" height="100%" fill="white"/>')
    return head + "\n" + "\n".join(elements) + "\n</svg>\n"
