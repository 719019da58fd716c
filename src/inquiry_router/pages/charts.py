"""Charts as SVG, made on the server. Pure: values in, markup out.

A chart is decoration for eyes: it is hidden from screen readers, and a page shows a table and a
sentence with it. Colours are classes of the style sheet, so charts follow light and dark.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import Final

from markupsafe import Markup

WIDTH: Final = 560
# Lower values cannot be told from nothing.
MIN_SHOWN: Final = 1e-9
_COLOURS: Final = 6
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 12, 12, 30
# The width of a letter on a phone, where letters are larger in proportion.
_CHAR: Final = 10
# The width of a place in a flow.
_BLOCK: Final = 10
# Between two places of a column, so that their names do not touch.
_GAP: Final = 20
# For the names of the last column of a flow.
_NAMES: Final = 165


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: a value for each label, None where there is none.

    `low` and `high` are the ends of a range around it, if it has one.
    """

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """An amount that flows from a place in one column to a place in the next."""

    source: str
    target: str
    amount: float


def share_bar(share: float, strong: bool = True) -> Markup:
    """Draw a share of 1 as a bar in a table."""
    width = 100 * min(1.0, max(0.0, share))
    track = _element("rect", "track", width=100, height=10)
    bar = _element("rect", "f1" if strong else "f6", width=width, height=10)
    options = {"preserveAspectRatio": "none", "aria_hidden": "true"}
    return _element("svg", "share", track + bar, viewBox="0 0 100 10", **options)


def nice_steps(highest: float, wanted: int = 4) -> list[float]:
    """Return round numbers from 0 to at least the highest value, for an axis."""
    if not isfinite(highest) or highest < MIN_SHOWN:
        return [0.0, 1.0]
    rough = highest / wanted
    magnitude = 10 ** floor(log10(rough))
    step = next(one * magnitude for one in (1, 2, 2.5, 5, 10) if one * magnitude >= rough)
    return [step * number for number in range(ceil(highest / step - 1e-9) + 1)]


def line_chart(
    labels: Sequence[str], lines: Sequence[Series], write: Callable[[float], str], height: int = 240
) -> Markup:
    """Draw lines over labels such as weeks, each with its range as a paler band."""
    frame = _Area(len(labels), _highest(lines), height)
    parts = [_axes(frame, labels, write)]
    for number, line in enumerate(lines):
        colour = number % _COLOURS + 1
        if line.low and line.high:
            parts.append(_band(frame, line, colour))
        for run in _runs(line.values):
            points = " ".join(frame.point(place, value) for place, value in run)
            parts.append(_element("polyline", f"line s{colour}", points=points))
            if len(run) == 1:
                x, y = frame.at(*run[0])
                parts.append(_element("circle", f"f{colour}", cx=x, cy=y, r=3.5))
    return _svg(parts, height)


def column_chart(
    labels: Sequence[str], lines: Sequence[Series], write: Callable[[float], str], height: int = 240
) -> Markup:
    """Draw columns over labels, side by side; a range is a thin line on its column."""
    frame = _Area(len(labels), _highest(lines), height)
    room = frame.step * 0.72 / max(1, len(lines))
    parts = [_axes(frame, labels, write)]
    for number, line in enumerate(lines):
        colour = number % _COLOURS + 1
        for place, value in enumerate(line.values):
            if value is None:
                continue
            middle, top = frame.at(place, max(0.0, value))
            left = middle + (number - len(lines) / 2) * room
            shape = {"width": room * 0.92, "height": frame.floor - top, "rx": 1.5}
            parts.append(_element("rect", f"f{colour}", "", x=left, y=top, **shape))
            parts.append(_whisker(frame, line, place, left + room * 0.46))
    return _svg(parts, height)


def flow_chart(streams: Sequence[Stream], columns: Sequence[Sequence[str]]) -> Markup:
    """Draw amounts as bands that flow through columns of places, each as high as its amount.

    `columns` names the places from top to bottom. A stream leads to the next column.
    """
    amounts = {
        name: max(
            sum(one.amount for one in streams if one.source == name),
            sum(one.amount for one in streams if one.target == name),
        )
        for column in columns
        for name in column
    }
    most = max((sum(amounts[name] for name in column) for column in columns), default=0.0)
    rows = max((len(column) for column in columns), default=0)
    height = max(180, 40 * rows)
    if most <= 0:
        return _svg([], height)
    scale = (height - _GAP * rows) / most
    places = _places(columns, amounts, scale)
    used: dict[tuple[str, bool], float] = {}
    colours = {name: number % _COLOURS + 1 for number, name in enumerate(columns[-1])}
    parts = [
        _stream(one, places, scale, used, colours.get(one.target, _COLOURS))
        for one in _in_order(streams, columns)
    ]
    parts += [_place(name, places[name], amounts[name] * scale) for name in places]
    return _svg(parts, height)


class _Area:
    """The area of a chart: where a value at a place is drawn."""

    def __init__(self, places: int, highest: float, height: int) -> None:
        self.ticks = nice_steps(highest)
        self.floor = float(height - _BOTTOM)
        self.step = (WIDTH - _LEFT - _RIGHT) / max(1, places)

    def at(self, place: float, value: float) -> tuple[float, float]:
        """The point of a value."""
        x = _LEFT + (place + 0.5) * self.step
        return x, self.floor - (self.floor - _TOP) * value / self.ticks[-1]

    def point(self, place: float, value: float) -> str:
        """The point of a value, as SVG writes it."""
        x, y = self.at(place, value)
        return f"{_number(x)},{_number(y)}"


def _highest(lines: Sequence[Series]) -> float:
    values = (value for line in lines for value in (*line.values, *line.high))
    return max((value for value in values if value is not None), default=0.0)


def _axes(frame: _Area, labels: Sequence[str], write: Callable[[float], str]) -> Markup:
    parts = []
    for tick in _told_apart(frame.ticks, write):
        y, kind = frame.at(0, tick)[1], "axis" if tick == 0 else "grid"
        parts.append(_element("line", kind, x1=_LEFT, y1=y, x2=WIDTH - _RIGHT, y2=y))
        parts.append(_text(write(tick), "soft", _LEFT - 6, y + 4, "end"))
    widest = max((len(label) for label in labels), default=0) * _CHAR + 8
    every = max(1, ceil(widest / frame.step))
    parts += [
        _text(labels[place], "soft", frame.at(place, 0)[0], frame.floor + 22, "middle")
        for place in range(0, len(labels), every)
    ]
    return Markup("").join(parts)


def _told_apart(ticks: Sequence[float], write: Callable[[float], str]) -> Sequence[float]:
    """The ticks of an axis; its ends alone where two of them would be written alike."""
    return ticks if len({write(tick) for tick in ticks}) == len(ticks) else (ticks[0], ticks[-1])


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Split a line where it has no value."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is not None:
            runs[-1].append((place, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _band(frame: _Area, line: Series, colour: int) -> Markup:
    ends = [
        (place, low, high)
        for place, (low, high) in enumerate(zip(line.low, line.high, strict=True))
        if low is not None and high is not None
    ]
    above = [frame.point(place, high) for place, _, high in ends]
    below = [frame.point(place, low) for place, low, _ in reversed(ends)]
    return _element("polygon", f"range f{colour}", points=" ".join(above + below))


def _whisker(frame: _Area, line: Series, place: int, x: float) -> Markup:
    if not (line.low and line.high):
        return Markup("")
    low, high = line.low[place], line.high[place]
    if low is None or high is None:
        return Markup("")
    ends = [frame.at(place, max(0.0, end))[1] for end in (low, high)]
    return _element("line", "whisker", x1=x, y1=ends[0], x2=x, y2=ends[1])


def _places(
    columns: Sequence[Sequence[str]], amounts: dict[str, float], scale: float
) -> dict[str, tuple[float, float]]:
    """Place each name: x and y of its upper left corner."""
    found = {}
    for number, column in enumerate(columns):
        y = 0.0
        x = number * (WIDTH - _NAMES - _BLOCK) / max(1, len(columns) - 1)
        for name in column:
            found[name] = (x, y)
            y += amounts[name] * scale + _GAP
    return found


def _in_order(streams: Sequence[Stream], columns: Sequence[Sequence[str]]) -> list[Stream]:
    """Order streams as their ends stand, so that bands cross as little as they can."""
    order = {
        name: number for number, name in enumerate(one for column in columns for one in column)
    }
    return sorted(streams, key=lambda one: (order[one.source], order[one.target]))


def _stream(
    stream: Stream,
    places: dict[str, tuple[float, float]],
    scale: float,
    used: dict[tuple[str, bool], float],
    colour: int,
) -> Markup:
    """Draw a band; `used` is how much of each end other bands have taken."""
    thick = stream.amount * scale
    left, right = places[stream.source], places[stream.target]
    top = left[1] + used.get((stream.source, True), 0.0)
    end = right[1] + used.get((stream.target, False), 0.0)
    used[stream.source, True] = used.get((stream.source, True), 0.0) + thick
    used[stream.target, False] = used.get((stream.target, False), 0.0) + thick
    x1, x2 = left[0] + _BLOCK, right[0]
    middle = (x1 + x2) / 2
    path = (
        f"M{_number(x1)} {_number(top)}"
        f"C{_number(middle)} {_number(top)} {_number(middle)} {_number(end)} "
        f"{_number(x2)} {_number(end)}"
        f"V{_number(end + thick)}"
        f"C{_number(middle)} {_number(end + thick)} {_number(middle)} {_number(top + thick)} "
        f"{_number(x1)} {_number(top + thick)}Z"
    )
    return _element("path", f"flow f{colour}", d=path)


def _place(name: str, place: tuple[float, float], height: float) -> Markup:
    x, y = place
    block = _element("rect", "f6", x=x, y=y, width=_BLOCK, height=max(1.0, height))
    return block + _text(name, "", x + _BLOCK + 6, y + height / 2 + 4, "start")


def _text(written: str, kind: str, x: float, y: float, anchor: str) -> Markup:
    return _element("text", kind, written, x=x, y=y, text_anchor=anchor)


def _svg(parts: Sequence[Markup], height: float) -> Markup:
    inside, size = Markup("").join(parts), f"0 0 {WIDTH} {_number(height)}"
    return _element("svg", "chart", inside, viewBox=size, aria_hidden="true", focusable="false")


def _element(name: str, kind: str, inside: str = "", /, **attributes: str | float) -> Markup:
    """Write an element of the class `kind`; everything is escaped."""
    written = {"class": kind, **{one.replace("_", "-"): attributes[one] for one in attributes}}
    pairs = [
        Markup(' {}="{}"').format(one, value if isinstance(value, str) else _number(value))
        for one, value in written.items()
    ]
    return Markup("<{}{}>{}</{}>").format(name, Markup("").join(pairs), inside, name)


def _number(value: float) -> str:
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
