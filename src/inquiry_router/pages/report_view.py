"""The report for people: of each question a sentence, a chart and a table. Pure.

It reads what `GET /v1/reports/{name}` answers, and says it in the language of the reader.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markupsafe import Markup

from inquiry_router.pages.charts import Series, Stream, column_chart, flow_chart, line_chart
from inquiry_router.pages.names import ReaderNames
from inquiry_router.pages.texts import Texts

Row = Mapping[str, Any]
# More places than these make a flow unreadable; the rest flows together.
MAX_PLACES: Final = 8
_MINOR: Final = 100


@dataclass(frozen=True, slots=True)
class Section:
    """A question with its sentence, chart and table. `legend` names colours 1 to 6."""

    id: str
    said: str
    chart: Markup | None = None
    legend: Sequence[str] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default=())


def flow_section(tables: Row, totals: Row, texts: Texts, names: ReaderNames) -> Section:
    """The way of inquiries from channel through category to team."""
    ways = tables.get("by_way", ())
    if not totals.get("inquiries"):
        return Section("flow", texts["flow_nothing"])
    channels, categories, teams = (_largest(ways, name) for name in ("channel", "category", "team"))
    streams: Counter[tuple[str, str]] = Counter()
    for way in ways:
        channel, category, team = (
            _place(kind, way[name], kept, texts, names)
            for kind, name, kept in (
                ("channel", "channel", channels),
                ("category", "category", categories),
                ("team", "team", teams),
            )
        )
        streams[channel, category] += way["inquiries"]
        streams[category, team] += way["inquiries"]
    columns = _columns(streams)
    chart = flow_chart([Stream(*ends, count) for ends, count in streams.items()], columns)
    said = texts(
        "flow_said",
        n=totals["inquiries"],
        decided=names.percent(_decided_share(totals)),
        channel=texts.named("channel", channels[0]),
        category=names.category(categories[0]),
    )
    rows = [
        [
            texts.named("channel", way["channel"]),
            names.category(way["category"]),
            names.team(way["team"]),
            names.number(way["inquiries"]),
        ]
        for way in ways
    ]
    heads = [texts["channel"], texts["category"], texts["team"], texts["inquiries"]]
    return Section("flow", said, chart, (), heads, rows)


def _decided_share(totals: Row) -> float:
    """The share of inquiries that stand where the system put them: neither people nor triage."""
    by_others: int = totals["unsure"] + totals["placed_by_people"]
    all_of_them: int = totals["inquiries"]
    return max(0.0, 1 - by_others / all_of_them)


def saved_section(tables: Row, totals: Row, texts: Texts, names: ReaderNames) -> Section:
    """Hours and money given back by week, with their ranges, and the wait beside them."""
    weeks, back = tables.get("by_week", ()), totals["given_back"]
    if not back["matters"]:
        return Section("saved", texts["saved_nothing"])
    currency = totals["currency"]
    said = texts(
        "saved_said",
        hours=_range(back["hours"], names.number),
        money=_range(back["money"], lambda value: names.money(value / _MINOR, currency)),
        matters=names.number(back["matters"]),
    )
    hours = [week["given_back"]["hours"] for week in weeks]
    series = Series(
        texts["hours_range"],
        [one["expected"] for one in hours],
        [one["low"] for one in hours],
        [one["high"] for one in hours],
    )
    chart = column_chart(_labels(weeks, names), [series], names.number)
    rows = [
        [
            names.week(week["week"]),
            _range(week["given_back"]["hours"], lambda value: names.number(value, 1)),
            _range(
                week["given_back"]["money"],
                lambda value: names.money(value / _MINOR, currency),
            ),
            _optional(week.get("service_wait_hours"), lambda value: names.number(value, 1)),
        ]
        for week in weeks
    ]
    heads = [texts["week"], texts["hours_range"], texts["money"], texts["wait"]]
    return Section("saved", said, chart, (texts["hours_back"],), heads, rows)


def bypass_section(tables: Row, totals: Row, texts: Texts, names: ReaderNames) -> Section:
    """The share of service matters that reached a salesperson all the same, by week."""
    weeks = [week for week in tables.get("by_week", ()) if week["rate"]["expected"] is not None]
    seen, known = totals.get("seen", 0), totals.get("salespeople", 0)
    coverage = texts("coverage_said", seen=names.number(seen), known=names.number(known))
    if not weeks:
        return Section("bypass", f"{texts['bypass_nothing']} {coverage}")
    first, last = weeks[0]["rate"]["expected"], weeks[-1]["rate"]["expected"]
    trend = "falls" if last < first else "grows" if last > first else "stays"
    said = texts(f"bypass_{trend}", first=names.percent(first), last=names.percent(last))
    ends = {
        name: [100 * week["rate"][name] for week in weeks] for name in ("low", "expected", "high")
    }
    series = Series(texts["rate"], ends["expected"], ends["low"], ends["high"])
    chart = line_chart(_labels(weeks, names), [series], lambda value: names.percent(value / 100))
    rows = [
        [
            names.week(week["week"]),
            _range(week["bypassed"], names.number),
            names.number(week["direct"]),
            _range(week["rate"], names.percent),
        ]
        for week in weeks
    ]
    heads = [texts["week"], texts["bypassed"], texts["direct"], texts["rate"]]
    return Section("bypass", f"{said} {coverage}", chart, (texts["rate"],), heads, rows)


def promises_section(tables: Row, totals: Row, texts: Texts, names: ReaderNames) -> Section:
    """Promises kept and broken by week, and how long customers wait."""
    weeks = tables.get("by_week", ())
    late = texts("overdue_said", n=totals.get("overdue_now", 0))
    if not totals.get("kept", 0) + totals.get("broken", 0):
        said, chart, legend = texts["promises_nothing"], None, []
    else:
        said = texts("promises_said", share=names.percent(totals["kept_share"]))
        pairs = [Series(texts[name], [week[name] for week in weeks]) for name in ("kept", "broken")]
        chart = column_chart(_labels(weeks, names), pairs, names.number)
        legend = [texts["kept"], texts["broken"]]
    rows = [
        [
            names.week(week["week"]),
            names.number(week["kept"]),
            names.number(week["broken"]),
            _optional(week["kept_share"], names.percent),
            names.number(week["answered"]),
            _optional(week["mean_wait_hours"], lambda value: names.number(value, 1)),
        ]
        for week in weeks
    ]
    heads = [texts[one] for one in ("week", "kept", "broken", "kept_share", "answered", "wait")]
    return Section("promises", f"{said} {late}", chart, legend, heads, rows)


def phone_tag_section(tables: Row, totals: Row, texts: Texts, names: ReaderNames) -> Section:
    """Rounds of phone tag by week: rung and missed until two people met, or gave up."""
    weeks = tables.get("by_week", ())
    if not totals.get("loops"):
        return Section("phone_tag", texts["phone_tag_nothing"])
    said = texts(
        "phone_tag_said",
        n=totals["loops"],
        attempts=names.number(totals["median_attempts"] or 0, 1),
        hours=_optional(totals["median_elapsed_hours"], lambda value: names.number(value, 1)),
    )
    chart = column_chart(
        _labels(weeks, names),
        [
            Series(texts["loops"], [week["loops"] for week in weeks]),
            Series(texts["unmet"], [week["unmet"] for week in weeks]),
        ],
        names.number,
    )
    rows = [
        [
            names.week(week["week"]),
            names.number(week["loops"]),
            names.number(week["unmet"]),
            names.number(week["attempts"]),
        ]
        for week in weeks
    ]
    heads = [texts[one] for one in ("week", "loops", "unmet", "attempts")]
    return Section("phone_tag", said, chart, (texts["loops"], texts["unmet"]), heads, rows)


SECTIONS: Final[Mapping[str, Callable[[Row, Row, Texts, ReaderNames], Section]]] = {
    "relief": saved_section,
    "bypass": bypass_section,
    "flow": flow_section,
    "promises": promises_section,
    "phone-tag": phone_tag_section,
}


def _largest(ways: Iterable[Row], name: str) -> list[str]:
    """The values with the most inquiries, the largest first."""
    counts: Counter[str] = Counter()
    for way in ways:
        counts[way[name]] += way["inquiries"]
    return [value for value, _ in counts.most_common()]


def _place(kind: str, value: str, largest: Sequence[str], texts: Texts, names: ReaderNames) -> str:
    """The name of a place of the flow. Two columns may have one name, so blanks tell them apart."""
    if value not in largest[:MAX_PLACES]:
        return texts["others"] + {"channel": "", "category": " ", "team": "  "}[kind]
    if kind == "channel":
        return texts.named("channel", value)
    return names.category(value) + " " if kind == "category" else names.team_in_short(value) + "  "


def _columns(streams: Mapping[tuple[str, str], int]) -> list[list[str]]:
    """The places of each column, the largest at the top."""
    sources, targets = ({ends[side] for ends in streams} for side in (0, 1))
    sizes: Counter[str] = Counter()
    for (source, target), count in streams.items():
        sizes[source] += count
        sizes[target] += count

    def ordered(places: Iterable[str]) -> list[str]:
        return sorted(places, key=lambda one: (-sizes[one], one))

    return [ordered(sources - targets), ordered(sources & targets), ordered(targets - sources)]


def _labels(weeks: Iterable[Row], names: ReaderNames) -> list[str]:
    return [names.week(week["week"]) for week in weeks]


def _range(ends: Row, write: Callable[[float], str]) -> str:
    """A value with its range: "34 (20–51)"; the value alone where it is sure."""
    low, expected, high = (ends[name] for name in ("low", "expected", "high"))
    if expected is None:
        return "–"
    if write(low) == write(high):
        return write(expected)
    return f"{write(expected)} ({write(low)}–{write(high)})"


def _optional(value: float | None, write: Callable[[float], str]) -> str:
    return "–" if value is None else write(value)
