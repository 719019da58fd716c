"""The map of all data is complete, and printed in the documentation."""

from pathlib import Path

from inquiry_router.privacy.data_map import BY_NAME, DATA_MAP, as_markdown
from inquiry_router.schema import metadata

PAGE = Path("docs/privacy.md")


def test_every_table_and_column_is_in_the_map_once() -> None:
    mapped = [
        f"{entry.table.name}.{column}"
        for entry in DATA_MAP
        for column in (*entry.personal, *entry.other)
    ]
    stored = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
    ]
    assert sorted(mapped) == sorted(stored), (
        "say in privacy/data_map.py whose data a new column holds, then print the map: "
        "inquiry-router privacy map"
    )


def test_page_has_the_map() -> None:
    printed = PAGE.read_text("utf-8").partition("<!-- map -->\n")[2].partition("<!-- /map -->")[0]
    assert printed.strip() == as_markdown(), "run 'inquiry-router privacy map' and paste it"


def test_rows_are_deleted_before_those_that_they_hang_on() -> None:
    order = list(BY_NAME)
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            assert order.index(table.name) < order.index(key.column.table.name)


def test_every_table_of_an_inquiry_hangs_on_it() -> None:
    for table in metadata.sorted_tables:
        parents = {key.column.table.name for key in table.foreign_keys}
        if parents - {"accounts", "baselines", "contacts", "referrals", "rewards"}:
            assert BY_NAME[table.name].hangs_on, table.name


def test_mentions_are_looked_for_in_every_personal_column() -> None:
    """Vectors are no words, and people look at settings themselves."""
    left = {entry.table.name for entry in DATA_MAP if entry.personal and entry.mention == "leave"}
    assert left == {"lesson_vectors"}
