"""Markup to text: no tag, no entity, no trick survives, and no word is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.plain import DEEPEST, LONGEST_MARKUP, cut, folded, line, paragraphs, summary, visible


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("Plain words", "Plain words"),
        ("  two \n\t words ", "two words"),
        ("<i>Trump</i> v. <b>J.G.G.</b>", "Trump v. J.G.G."),
        ("<b>CE</b>COT", "CECOT"),
        ("AT&amp;T &#8217; caf&eacute;", "AT&T ’ café"),
        ("AT&amp;amp;T &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt;", "AT&T bold"),
        ("AT&T and x < y > z", "AT&T and x < y > z"),
        ("<Update> from <a@example.org>", "<Update> from <a@example.org>"),
        ("<b>1 < 2</b> and <Update>", "1 < 2 and <Update>"),
        ("<p>one</p><p>two</p>three<br>four", "one two three four"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<![CDATA[words]]>", "words"),
        ("before<!-- hidden -->after", "beforeafter"),
        ("<script>evil()</script><style>p {}</style>text<noscript>no</noscript>", "text"),
        ("<p onclick='x'>unclosed <b>tag", "unclosed tag"),
        ("&nbsp;hard&nbsp;blank&nbsp;", "hard blank"),
        ("Trump\x92s \x93order\x94", "Trump’s “order”"),
        ("CE\u200bC\u00adOT \u202eabc\u2066", "CECOT abc"),
        ("nul\x00 bell\x07", "nul bell"),
        ("half \ud800 character", "half \ufffd character"),
        ("Garci\u0301a", "García"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_a_line_is_what_a_reader_sees(markup: str, expected: str) -> None:
    assert line(markup, 500) == expected


def test_paragraphs_stay_apart() -> None:
    assert paragraphs("<div><p>One  one.</p>\n\n<p>Two.</p><p> </p></div>", 500) == "One one.\nTwo."
    assert paragraphs("One.\n\n Two.\r\nThree.", 500) == "One.\nTwo.\nThree."


@pytest.mark.parametrize(
    "menu",
    [
        "<nav><a href='/'>Home</a></nav>",
        "<div class='top'><div><h1>News</h1></div><nav><ul><li>Home</li></ul></nav></div>",
        "<form><input><label>Search</label></form><select><option>All</option></select>",
        "<header><div><nav>Home</nav></div></header>",
    ],
)
def test_a_menu_and_the_box_around_it_are_left_out(menu: str) -> None:
    assert paragraphs(f"{menu}<p>By the authority vested in me.</p>", 500) == "By the authority vested in me."


def test_a_menu_inside_the_words_takes_nothing_else_with_it() -> None:
    words = "The order says much more than a menu does, and all of it stays where it was before the menu came."
    assert paragraphs(f"<div><p>{words}</p><nav>Home</nav></div>", 500) == words


def test_the_advertisement_below_a_summary_is_left_out() -> None:
    text = '<p>Judge rules.</p>\n<p>The post <a href="/a">Title</a> appeared first on <a href="/">Site</a>.</p>'
    assert summary(text, 500) == "Judge rules."
    assert summary("The post office appeared.", 500) == "The post office appeared."


@pytest.mark.parametrize(
    ("text", "cap", "expected"),
    [
        ("12345", 5, "12345"),
        ("123456", 5, "1234…"),
        ("one two three", 12, "one two…"),
        ("one two three", 13, "one two three"),
        ("a" * 100 + " b", 90, "a" * 89 + "…"),
    ],
)
def test_a_long_text_is_cut_between_words_and_never_over_its_cap(text: str, cap: int, expected: str) -> None:
    assert cut(text, cap) == expected


@pytest.mark.parametrize(
    "markup",
    ["<b>" * (DEEPEST + 1) + "deep", "<div>" * 50_000 + "deep", "<nav>" * 50_000 + "deep", "<table><tr><td>" * 20_000 + "deep"],
    ids=["just too deep", "divs", "menus", "tables"],
)
def test_what_is_nested_too_deep_for_the_parser_is_read_all_the_same(markup: str) -> None:
    assert line(markup, 500) == "deep"


def test_no_more_markup_than_the_limit_is_looked_at() -> None:
    assert line("a" * LONGEST_MARKUP + "b", 10 * LONGEST_MARKUP) == "a" * LONGEST_MARKUP


@given(st.text(st.sampled_from("<>&;/!-[]#x ab\n\u202e\ud800\x00pdivnav\"'="), max_size=80))
def test_any_markup_gives_text_that_can_be_stored(markup: str) -> None:
    for text in (line(markup, 60), paragraphs(markup, 60), summary(markup, 60)):
        assert text.encode() is not None
        assert len(text) <= 60
        assert not {"\x00", "\u202e"} & set(text)
        assert folded(text) == " ".join(text.split())
        assert visible(text) == text
