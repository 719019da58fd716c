"""The frame of all pages: style, languages, headers. Pages have no script and load nothing."""

from html import escape
from typing import Final

from starlette.responses import HTMLResponse

LANGUAGES: Final = ("pl", "en", "de")
_NAMES: Final = {"pl": "polski", "en": "English", "de": "Deutsch"}
_CSP: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_STYLE: Final = """
:root {
  color-scheme: light dark;
  --ink: #1c2430; --soft: #5b6675; --paper: #fff; --line: #d5dbe3; --main: #0b5cad; --back: #f3f5f8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8ecf2; --soft: #a2adbb; --paper: #1b222c;
    --line: #38424f; --main: #6cb2f5; --back: #11161d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1rem; background: var(--back); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
main {
  max-width: 38rem; margin: 0 auto; padding: 1.25rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: .75rem;
}
h1 { margin: 0 0 .75rem; font-size: 1.35rem; }
h2 { margin: 1.25rem 0 .25rem; font-size: .85rem; font-weight: 600; color: var(--soft); }
p { margin: 0; }
.said {
  white-space: pre-wrap; overflow-wrap: anywhere;
  border-left: 3px solid var(--line); padding-left: .75rem;
}
.note { padding: .75rem; border: 1px solid var(--main); border-radius: .5rem; }
fieldset { border: 0; margin: 0; padding: 0; }
label.choice {
  display: flex; gap: .6rem; padding: .55rem .25rem;
  border-bottom: 1px solid var(--line); cursor: pointer;
}
input[type=text], select {
  width: 100%; padding: .5rem; font: inherit; color: inherit; background: var(--back);
  border: 1px solid var(--line); border-radius: .4rem;
}
button {
  margin-top: 1rem; padding: .65rem 1.2rem; font: inherit; font-weight: 600;
  color: var(--paper); background: var(--main); border: 0; border-radius: .5rem; cursor: pointer;
}
nav { margin-top: 1rem; font-size: .85rem; }
a { color: var(--main); }
"""


def choose_language(asked: str | None, accepted: str) -> str:
    """Choose the language: the one asked for, else the browser's first choice, else Polish.

    `accepted` is the Accept-Language header.
    """
    if asked in LANGUAGES:
        return asked
    wanted = (part.strip()[:2].lower() for part in accepted.split(","))
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])


def render_note(text: str) -> str:
    """Render a message to the reader."""
    return f"<p class='note' role='status'>{escape(text)}</p>"


def render_page(language: str, title: str, content: str, status: int = 200) -> HTMLResponse:
    """Render a page around its content, with links to the other languages."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{title}</title>'
        f"<link rel='icon' href='data:,'><style>{_STYLE}</style>"
    )
    others = " ".join(
        f"<a href='?lang={other}' hreflang='{other}'>{_NAMES[other]}</a>"
        for other in LANGUAGES
        if other != language
    )
    switch = f"<nav>{others}</nav>"
    page = (
        f'<!DOCTYPE html><html lang="{language}"><head>{head}</head>'
        f"<body><main><h1>{title}</h1>{content}{switch}</main></body></html>"
    )
    return HTMLResponse(page, status, {"content-security-policy": _CSP})
