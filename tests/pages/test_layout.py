"""Pages are in the reader's language, and hold nothing of others."""

import pytest

from inquiry_router.pages.layout import choose_language, render_note, render_page


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("en", "pl", "en"),
        (None, "pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        (None, "fr, EN-GB;q=0.7", "en"),
        ("xx", "en", "en"),
        (None, "fr", "pl"),
        (None, "", "pl"),
    ],
)
def test_language_is_chosen_by_link_then_browser(
    asked: str | None, accepted: str, language: str
) -> None:
    assert choose_language(asked, accepted) == language


def test_page_links_to_the_other_language_and_allows_no_scripts() -> None:
    page = render_page("en", "Title", render_note("<script>"), 410)
    html = bytes(page.body).decode()
    assert page.status_code == 410
    assert (
        "default-src 'none'; style-src 'unsafe-inline'" in page.headers["content-security-policy"]
    )
    assert "href='?lang=pl' hreflang='pl'>polski</a>" in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
