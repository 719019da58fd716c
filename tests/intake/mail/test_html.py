"""HTML becomes readable text; quotes of mail programs are recognised."""

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.intake.mail.parsing import parse_mail


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a&nbsp;b &amp; c &lt;d&gt; &#380;", "a b & c <d> ż"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a<br></div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal>b</p>", "a\nb"),
        ("a<br>b<br/><br>c", "a\nb\n\nc"),
        ("<div><div>a</div></div>\n  <div>  b\n c </div>", "a\nb c"),
        ("<ul><li>zawór</li><li>pompa</li></ul>", "- zawór\n- pompa"),
        ('<a href="https://x.example">katalog</a>', "katalog"),
        (
            "<table><tr><td>zawór</td><td>4 szt.</td></tr><tr><th>pompa<td>1</table>",
            "zawór | 4 szt.\npompa | 1",
        ),
        (
            (
                "<table><tr><td><p>a</p><p>b</p></td><td><table><tr><td>c</td></tr></table>"
                "</td></tr></table>"
            ),
            "a\n\nb\nc",
        ),
        ("<td>a</td><td>b</td>", "a\nb"),
        (
            "<head><title>x</title><style>p{}</style></head><body>a<script>b<c</script>d</body>",
            "ad",
        ),
        ("<head><title>x</title><body>a", "a"),
        ("<!-- x -->a<!--[if mso]>x<![endif]-->b<![if !mso]>c<![endif]>", "abc"),
        ("a < b, c > d, <3", "a < b, c > d, <3"),
        ("niedomknięty <!-- komentarz", "niedomknięty <!-- komentarz"),
        ("<?xml:namespace prefix = o />a</>b", "ab"),
        ("<style>p > b { }</STYLE >a<script>x = '<body>'</script>b<style>c", "ab"),
        ("<img src=x alt=\"a > b\"> <img alt='c < d'/>", "a > b c < d"),
        ("&#" + "9" * 5000 + ";a", "\ufffda"),
        ("niedomknięty <a href=", "niedomknięty <a href="),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\n\nc"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
        (
            '<blockquote style="margin:0 0 0 40px; border: none; padding:0px">wcięte</blockquote>',
            "wcięte",
        ),
        ('<img src="x.png" alt="logo">', "logo"),
        ("", ""),
    ],
)
def test_html_to_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


REPLIES = {
    "gmail": '<div dir="ltr">Proszę o korektę.</div><br><div class="gmail_quote"><div dir="ltr"'
    ' class="gmail_attr">pon., 3 lis 2025 o&nbsp;14:22 '
    'Jan &lt;<a href="mailto:jan@x.example">jan@x.example</a>&gt; '
    'napisał(a):<br></div><blockquote class="gmail_quote"'
    ' style="margin:0px 0px 0px '
    '0.8ex;border-left:1px solid rgb(204,204,204)"><div>Towar wysłany.</div></blockquote></div>',
    "gmail in a language unknown here": '<div>Proszę o korektę.</div><div class="gmail_quote"><div'
    ' class="gmail_attr">2025. nov. 3., H 14:22 Jan '
    '&lt;jan@x.example&gt; ezt írta:</div><blockquote class="gmail_quote">Towar '
    "wysłany.</blockquote></div>",
    "outlook": "<div class=WordSection1><p class=MsoNormal>Proszę o korektę.<o:p></o:p></p><p"
    ' class=MsoNormal>&nbsp;</p><div><div style="border:none;'
    'border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal><b>Od:</b> Jan'
    " &lt;jan@x.example&gt;<br><b>Wysłano:</b> poniedziałek"
    "<br><b>Do:</b> Anna<br><b>Temat:</b> zamówienie</p></div></div><p class=MsoNormal>Towar "
    "wysłany.</p></div>",
    "outlook on the web": "<div>Proszę o korektę.</div>"
    '<hr style="display:inline-block;width:98%"><div'
    ' id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Jan'
    "<br><b>Sent:</b> Monday<br><b>To:</b> Anna<br><b>Subject:</b> "
    "order</font><div>&nbsp;</div></div><div>Towar"
    " wysłany.</div>",
    "thunderbird": '<p>Proszę o korektę.</p><div class="moz-cite-prefix">'
    "W dniu 3.11.2025 o 14:22, Jan"
    ' pisze:<br></div><blockquote type="cite" '
    'cite="mid:1@x.example"><p>Towar wysłany.</p></blockquote>',
    "yahoo": "<div>Proszę o korektę.</div>"
    '<div id="ydp1yahoo_quoted" class="yahoo_quoted"><div><div>On '
    "Monday, November"
    " 3, 2025 at 02:22:11 PM GMT+1, "
    "Jan &lt;jan@x.example&gt; wrote:</div><div><br></div><div><div>Towar "
    "wysłany.</div></div></div></div>",
    "apple": '<div>Proszę o korektę.</div><div><br><blockquote type="cite"><div>Wiadomość napisana '
    "przez Jan"
    " &lt;jan@x.example&gt; w dniu 3 lis 2025, "
    "o godz. 14:22:</div><br><div>Towar wysłany.</div></blockquote></div>",
}


@pytest.mark.parametrize("program", REPLIES)
def test_quotes_of_mail_programs_are_cut(program: str) -> None:
    mail = parse_mail("Re: zamówienie", html_to_text(REPLIES[program]))
    assert mail.text.rstrip("_\n") == "Proszę o korektę."
    assert "Towar wysłany." in mail.cut[-1].text
    assert {cut.kind for cut in mail.cut} == {"quote"}


def test_forwarded_gmail_names_its_writer() -> None:
    html = (
        '<div dir="ltr">Ola, zajmij się tym<br><br><div class="gmail_quote"><div dir="ltr"'
        ' class="gmail_attr">---------- Forwarded message ---------<br>'
        'Od: <strong class="gmail_sendername">Anna Nowak</strong> <span>&lt;<a'
        ' href="mailto:anna@x.example">anna@x.example</a>&gt;</span><br>Date: pon., '
        "3 lis 2025 o 14:22<br>Subject: cieknie<br>To: Bartek "
        "&lt;b@firma.example&gt;<br></div><br><br><div>Pompa"
        " cieknie.</div></div></div>"
    )
    mail = parse_mail("Fwd: cieknie", html_to_text(html))
    assert (mail.text, mail.sender) == (
        "Ola, zajmij się tym\n\nPompa cieknie.",
        Contact("Anna Nowak", "anna@x.example"),
    )


def test_answer_below_the_quote_stays() -> None:
    html = (
        '<blockquote type="cite"><p>Ile sztuk?</p><p>Na kiedy?</p></blockquote><p>Dwanaście, '
        "na piątek.</p>"
    )
    assert parse_mail("Re: x", html_to_text(html)).text == "Dwanaście, na piątek."


def test_text_behind_too_many_tags_is_kept() -> None:
    assert html_to_text("<b>a</b>" * 20_000 + "<p>koniec &amp; kropka</p>").endswith(
        "koniec & kropka"
    )
