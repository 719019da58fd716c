"""A mail as lines that are kept or cut."""

from inquiry_router.intake.mail.lines import MAX_LINES, split_lines
from inquiry_router.intake.mail.parsing import parse_mail


def test_text_behind_too_many_lines_is_kept() -> None:
    mail = parse_mail("x", "a\n" * MAX_LINES + "dalej\nbez\nkońca")
    assert mail.text.endswith("dalej\nbez\nkońca")


def test_windows_newlines_split_lines() -> None:
    mail = split_lines("Pompa\r\nCIEKNIE\rod wczoraj")
    assert mail.lines == ["Pompa", "CIEKNIE", "od wczoraj"]
    assert mail.folded == ["pompa", "cieknie", "od wczoraj"]


def test_cut_lines_of_one_kind_are_one_piece() -> None:
    mail = split_lines("> a\n\n> b\nc\n-- \nJan")
    mail.mark(0, 3, "quote")
    mail.mark(0, 1, "footer")
    mail.mark(4, 6, "signature")
    assert mail.text() == "c"
    assert [(cut.kind, cut.text) for cut in mail.cuts()] == [
        ("quote", "> a\n\n> b"),
        ("signature", "-- \nJan"),
    ]


def test_unquoting_keeps_lines_without_one_level_of_marks() -> None:
    mail = split_lines("> a\n> > b\nc")
    mail.mark(0, 3, "quote")
    mail.unquote(0, 3)
    assert mail.text() == "a\n> b\nc"
    assert mail.kept(0, 3) == [0, 1, 2]
