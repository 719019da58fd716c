"""Call logs as telephone systems and operators write them, and as they should not be written."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inquiry_router.inquiry.errors import Invalid
from inquiry_router.relief.baseline_files import FileOptions, count_file
from inquiry_router.relief.call_reading import BadFile, LoggedCall, read_calls
from inquiry_router.relief.call_values import day_order, read_length, read_moment, read_result
from inquiry_router.relief.lines import Lines, line_key, read_lines_file, read_salespeople

JAN = Lines(read_salespeople(["Jan Nowak=601 000 204, 204"]))
SAMPLES = Path("docs/samples")
EVERYBODY = Lines(read_lines_file((SAMPLES / "handlowcy.csv").read_text("utf-8"), "salespeople"))
ZONE = "Europe/Warsaw"
FEWER = (
    "the line has 2 cells, fewer than the others: is a separator missing, or a quotation mark not "
    "closed?"
)
HEAD = "calldate;caller;dst;disposition;billsec;duration"


def calls_of(*lines: str, columns: dict[str, str] | None = None) -> list[LoggedCall]:
    return read_calls((f"{line}\r\n" for line in lines), JAN, columns or {}, ZONE).calls


def problems_of(*lines: str) -> list[tuple[int, str, str]]:
    with pytest.raises(BadFile) as caught:
        calls_of(*lines)
    return [tuple(problem) for problem in caught.value.problems]


def asterisk(**changed: str) -> str:
    row = {
        "accountcode": "",
        "src": "601000101",
        "dst": "204",
        "dcontext": "x",
        "clid": '"A" <1>',
        "channel": "PJSIP/trunk-1",
        "dstchannel": "PJSIP/204-2",
        "lastapp": "Dial",
        "lastdata": "x,30",
        "start": "2026-03-02 09:00:00",
        "answer": "2026-03-02 09:00:10",
        "end": "2026-03-02 09:03:10",
        "duration": "190",
        "billsec": "180",
        "disposition": "ANSWERED",
        "amaflags": "DOCUMENTATION",
        "uniqueid": "1.1",
        "userfield": "",
    }
    out = io.StringIO()
    csv.writer(out).writerow((row | changed).values())
    return out.getvalue().strip()


def test_asterisk_has_no_heading() -> None:
    calls = calls_of(
        asterisk(),
        asterisk(src="204", dst="601000101", disposition="NO ANSWER", billsec="0"),
        asterisk(src="601000101", dst="s", dstchannel="PJSIP/204-9"),
        asterisk(src="299", dst="601000101"),
        asterisk(src="205", dst="204"),
    )
    at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert calls == [
        LoggedCall(at, "Jan Nowak", "+48601000101", False, 10, 180),
        LoggedCall(at, "Jan Nowak", "+48601000101", True, 190, 0),
        LoggedCall(at, "Jan Nowak", "+48601000101", False, 10, 180),
    ]


@pytest.mark.parametrize(
    ("name", "program", "calls"),
    [
        ("asterisk-Master.csv", "Asterisk (Master.csv)", 423),
        ("3cx.csv", "3CX", 120),
        ("ringostat.csv", "Ringostat", 120),
        ("billing-operatora.csv", "billing of a mobile operator", 112),
    ],
)
def test_samples_are_read_whole(name: str, program: str, calls: int) -> None:
    counts = count_file(SAMPLES / name, FileOptions(EVERYBODY))
    assert counts.known["program"] == program
    assert counts.known["calls"] == calls
    assert sum(spent.calls for spent in counts.cells.values()) == calls


def test_programs_agree_on_the_same_calls() -> None:
    read = {
        name: count_file(SAMPLES / name, FileOptions(EVERYBODY, by_person=False))
        for name in ("3cx.csv", "ringostat.csv")
    }
    talk = {name: sum(one.talk_s for one in found.cells.values()) for name, found in read.items()}
    assert talk["3cx.csv"] > 10_000
    # 3CX sees three salespeople, and the other file gives all calls to one: they overlap there.
    assert talk["ringostat.csv"] <= talk["3cx.csv"]


def test_bill_leaves_messages_out_and_has_outgoing_calls_only() -> None:
    counts = count_file(SAMPLES / "billing-operatora.csv", FileOptions(EVERYBODY))
    assert counts.known["left_out"] == {"no_call": 12}
    assert counts.known["outgoing"] == counts.known["calls"]


def test_polish_excel_is_read() -> None:
    lines = ["sep=;", "Data;Godzina;Kto dzwonił;Odbiorca;Czas trwania;Status"]
    rows = ["02.03.2026;9:00;601 000 101;204;0:03:00;odebrane", ";;;;;"]
    calls = calls_of(*lines, *rows, columns={"Kto dzwonił": "from"})
    assert calls == [
        LoggedCall(
            datetime(2026, 3, 2, 8, 0, tzinfo=UTC), "Jan Nowak", "+48601000101", False, 0, 180
        )
    ]


def test_every_problem_has_its_line_and_column() -> None:
    good = "2026-03-02 09:00:00;601000101;204;ANSWERED;10;20"
    assert problems_of(
        HEAD,
        good,
        good.replace("03-02", "13-45"),
        good.replace(";10;", ";ten;"),
        "one;cell",
        good.replace(";10;", ";999999;"),
    ) == [
        (3, "calldate", "'2026-13-45 09:00:00' is a moment that does not exist"),
        (4, "billsec", "'ten' is no length of a call, such as 00:03:25 or 205"),
        (
            5,
            "",
            FEWER,
        ),
        (6, "billsec", "'999999' is longer than a day"),
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "the file is empty"),
        (["kto;kiedy", "a;b"], "the heading does not say who rang whom"),
        (["a;b;c", "1;2;3"], "--column 'Heading=field'"),
        ([HEAD, '2026-03-02 09:00:00;"601;204', *["x"] * 9000], "quotation mark"),
    ],
)
def test_file_without_sense_is_refused_in_one_sentence(lines: list[str], sentence: str) -> None:
    assert sentence in " ".join(problem[2] for problem in problems_of(*lines))


def test_file_without_calls_of_salespeople_says_so(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEAD}\n2026-03-02 09:00:00;601000101;299;ANSWERED;10;20\n")
    with pytest.raises(Invalid, match="none of its 1 rows is a call of Jan Nowak"):
        count_file(path, FileOptions(JAN))
    with pytest.raises(Invalid, match="needs the salespeople's numbers"):
        count_file(path, FileOptions())


def test_number_may_be_withheld() -> None:
    (call,) = calls_of(HEAD, "2026-03-02 09:00:00;Anonymous;204;ANSWERED;10;20")
    assert call.other == ""


@pytest.mark.parametrize(
    ("written", "order", "hour_utc"),
    [
        ("2026-03-02T14:05:00", "dmy", 13),
        ("02.03.2026 14:05", "dmy", 13),
        ("03/02/2026 02:05:00 PM", "mdy", 13),
        ("2026-07-02 14:05:00", "dmy", 12),
        ("2026-03-02 14:05:00+0300", "dmy", 11),
        ("2026-03-02T14:05:00.250Z", "dmy", 14),
    ],
)
def test_moments(written: str, order: str, hour_utc: int) -> None:
    assert read_moment(written, order, ZONE).hour == hour_utc  # type: ignore[arg-type]


def test_order_of_day_and_month_is_found_out() -> None:
    assert day_order(["03/04/2026 10:00", "03/25/2026 10:00"]) == "mdy"
    assert day_order(["03/04/2026 10:00", "25/03/2026 10:00"]) == "dmy"
    assert day_order(["03/04/2026 10:00 AM"]) == "mdy"
    assert day_order(["03.04.2026 10:00"]) == "dmy"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("185", 185),
        ("3:05", 185),
        ("00:03:05", 185),
        ("3 min 5 s", 185),
        ("", 0),
        ("1h 2m 3s", 3723),
    ],
)
def test_lengths(written: str, seconds: int) -> None:
    assert read_length(written) == seconds


def test_results() -> None:
    words: Iterable[str] = ("ANSWERED", "NO ANSWER", "Odebrane", "nieodebrane", "Unanswered", "?")
    assert [read_result(word) for word in words] == [True, False, True, False, False, None]


def test_lines_are_compared_in_one_spelling() -> None:
    keys = {line_key(written) for written in ("+48 601-000-204", "0048601000204", "601 000 204")}
    assert keys == {"+48601000204"}
    assert line_key("204") == "204" and line_key("anonymous") == ""


def test_salesperson_list_is_checked() -> None:
    with pytest.raises(ValueError, match="write the name and the numbers"):
        read_salespeople(["Jan"])
    with pytest.raises(ValueError, match="is given to 'Jan' already"):
        read_salespeople(["Jan=204", "Ewa=204"])
    with pytest.raises(ValueError, match="salespeople, line 2: it needs a name and a number"):
        read_lines_file("Osoba;Numer\nJan;\n", "salespeople")
