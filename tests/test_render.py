"""Letter -> Message: what readers see, and that nothing foreign can break it."""

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts import render
from alerts.models import Ahead, Item, Letter, LetterKind, Paper, Reason
from alerts.render import HTML_LIMIT, TEXT_LIMIT
from alerts.render import words as w
from alerts.render.plain import clean, clip, inert, link, paragraphs, shown, units
from tests.letters import ARTICLE, CASE, NOW, ORDER, bare, item, letter
from watcher.models import Deadline, Severity
from watcher.testing.telegram.markup import parse, plain

PUBLIC = "https://watch.example"


# --- foreign text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("  two\r\n\tlines  ", "two lines"),
        ("a\x1b[31mred\x1b[0m\x00\x07b", "a [31mred [0m b"),
        ("invoice\u202egnp.exe\u202c", "invoicegnp.exe"),
        ("a\u2066b\u2069\u200e\u200f\u061cc", "abc"),
        ("zero\u200bwidth\ufeff \U000e0041", "zerowidth"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("\u2028line\u2029ends", "line ends"),
        ("e" + "\u0301" * 40, "e" + "\u0301" * 4),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
    ],
)
def test_clean_leaves_one_line_that_cannot_reorder_hide_or_overprint(given: str, expected: str) -> None:
    assert clean(given) == expected


def test_paragraphs_keep_their_lines_and_the_gaps_between() -> None:
    assert paragraphs("\n\none\r\ntwo\n\n three \n") == ["one", "two", "", "three"]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("exactly", 7, "exactly"),
        ("exactly!", 7, "exactl…"),
        ("two words", 8, "two…"),
        ("comma, and more", 8, "comma…"),
        ("😀😀", 4, "😀😀"),
        ("😀😀", 3, "😀…"),
        ("😀😀", 2, "…"),
        ("👍🏽👍🏽", 7, "👍🏽…"),
        ("👍🏽👍🏽", 4, "…"),
        ("cafe\u0301s", 5, "caf…"),
        ("anything", 0, ""),
    ],
)
def test_clip_cuts_at_words_and_never_inside_a_character(text: str, limit: int, expected: str) -> None:
    assert clip(text, limit) == expected


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_clip_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert units(clip(text, limit)) <= limit


def test_right_to_left_titles_are_fenced_so_that_words_around_them_stay() -> None:
    assert shown("أمر بالإعادة", 50) == "\u2068أمر بالإعادة\u2069"
    assert units(shown("أ" * 100, 50)) <= 50
    assert shown("left to right", 50) == "left to right"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org/a",
        "https://",
        "https://example.org/a b",
        'https://example.org/"onmouseover="x',
        "https://example.org/\u202egnp",
        "https://example.org/\ud800",
        "https://example.org/\n",
        "https://[bad/",
        "ftp://example.org/",
        "https://example.org/" + "a" * 1000,
        "",
    ],
)
def test_only_whole_web_addresses_become_links(url: str) -> None:
    assert link(url) == ""


# --- dates and words


def test_both_languages_have_a_word_of_their_own_for_everything() -> None:
    same = {each.name for each in fields(w.Words) if getattr(w.EN, each.name) == getattr(w.ES, each.name)}
    assert same == set()


@pytest.mark.parametrize(("asked", "lang"), [("en", "en"), ("es", "es"), ("es-MX", "es"), ("ES_ar", "es"), ("fr", "en"), ("", "en")])
def test_a_language_we_do_not_speak_is_english(asked: str, lang: str) -> None:
    assert w.words(asked).lang == lang


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", "24 Nov 2026, 09:05 EST"),
        ("Asia/Tokyo", "24 Nov 2026, 23:05 JST"),
        ("America/Argentina/Buenos_Aires", "24 Nov 2026, 11:05 UTC-03"),
        ("UTC", "24 Nov 2026, 14:05 UTC"),
        ("Nowhere/At_All", "24 Nov 2026, 14:05 UTC"),
        ("../../etc/passwd", "24 Nov 2026, 14:05 UTC"),
        ("", "24 Nov 2026, 14:05 UTC"),
    ],
)
def test_moments_are_told_in_the_readers_zone(zone: str, expected: str) -> None:
    assert w.moment(NOW, w.zone(zone), w.EN) == expected


def test_a_day_without_an_hour_stays_that_day_in_every_zone() -> None:
    paper = replace(ORDER, published=datetime(2026, 11, 24, tzinfo=UTC), day_only=True)
    assert {w.dated(paper, w.zone(name), w.ES) for name in ("America/Los_Angeles", "UTC", "Pacific/Auckland")} == {"24 nov 2026"}


def test_a_paper_without_a_date_says_when_we_saw_it() -> None:
    undated = item(lead=replace(ORDER, published=None))
    assert w.when(undated, UTC, w.EN) == "first seen 24 Nov 2026, 14:05 UTC"


def test_only_dates_not_past_are_ahead_the_nearest_first() -> None:
    days = tuple(Deadline(label=str(day), on=date(2026, 11, day)) for day in (30, 23, 24))
    assert [each.label for each in w.ahead(days, letter())] == ["24", "30"]


def test_a_hearing_of_today_is_ahead_until_its_hour() -> None:
    past, soon = (Deadline(label="hearing", on=NOW.date(), time=time(*at), zone="America/New_York") for at in ((9, 4), (9, 5)))
    assert w.ahead((past, soon), letter()) == [soon]  # it is 9:05 in New York


HEARING = Deadline(label="motion hearing", on=date(2026, 12, 1), time=time(10, 30), zone="America/New_York")


@pytest.mark.parametrize(
    ("lang", "head", "said"),
    [
        ("en", "Ahead", "1 Dec 2026, 10:30 a.m. Eastern: motion hearing"),
        ("es", "Próximas fechas", "1 dic 2026, 10:30 hora del Este: audiencia sobre mociones"),
    ],
)
def test_a_hearing_has_its_hour_wherever_a_letter_names_it(lang: str, head: str, said: str) -> None:
    alert = letter(item(deadlines=(HEARING,)), lang=lang, zone="Europe/Madrid")
    assert f"{head}\n{said}" in render.telegram(alert).text
    assert f"{head}: {said}" in " ".join(render.email(alert).text.split())
    assert said in Page(render.email(alert).html).text
    assert f"{head}: {said}" in " ".join(render.console(alert).text.split())
    assert said in render.email(replace(alert, kind=LetterKind.DIGEST)).text


def test_of_one_day_hearings_stand_by_the_clock() -> None:
    later = replace(HEARING, label="conference", time=time(9), zone="America/Los_Angeles")
    day = replace(HEARING, label="reply due", time=None, zone="")
    told = render.email(digest(item(1, deadlines=(later,)), item(2, deadlines=(HEARING, day)))).text
    assert told.index(": reply due") < told.index("10:30 a.m. Eastern") < told.index("9:00 a.m. Pacific")


NEAR = Ahead(deadline=HEARING, story=9, title="New entry (#40), A v. B", url="https://court.example/40")


def test_a_digest_closes_with_the_days_ahead_of_what_it_does_not_tell_too() -> None:
    told = digest(item(1, title="Notice", deadlines=(Deadline(label="comments close", on=date(2026, 11, 30)),)), bare(2), ahead=(NEAR,))
    assert render.telegram(told).html.split("\n\n")[-1].splitlines() == [
        "<b>Ahead</b>",
        f'30 Nov 2026: comments close · <a href="{ORDER.url}">Notice</a>',
        '1 Dec 2026, 10:30 a.m. Eastern: motion hearing · <a href="https://court.example/40">New entry (#40), A v. B</a>',
    ]
    mail = render.email(told)
    assert mail.text.split("AHEAD\n=====\n")[1].splitlines()[:5] == [
        "30 Nov 2026: comments close (Notice)",
        f"  {ORDER.url}",
        "1 Dec 2026, 10:30 a.m. Eastern: motion hearing (New entry (#40), A v. B)",
        "  https://court.example/40",
        "",
    ]
    assert "2 developments, 2 urgent, 2 dates ahead" in mail.text
    assert "1 Dec 2026, 10:30 a.m. Eastern: motion hearing" in Page(mail.html).text
    head, last = render.console(told).text.splitlines()[-2:]
    assert head.startswith("── Ahead ──")
    assert last == "  1 Dec 2026, 10:30 a.m. Eastern: motion hearing · New entry (#40), A v. B"


def test_a_digest_of_nothing_has_the_days_ahead_in_the_readers_language() -> None:
    told = digest(text="Sin novedades en sus temas.", ahead=(NEAR,), lang="es")
    said = "1 dic 2026, 10:30 hora del Este: audiencia sobre mociones"
    assert f"PRÓXIMAS FECHAS =============== {said} (Nuevo asiento (#40), A v. B)" in " ".join(render.email(told).text.split())
    assert f"{said} · Nuevo asiento (#40), A v. B" in " ".join(render.console(told).text.split())
    assert said in Page(render.email(told).html).text


def test_days_ahead_give_way_to_the_stories_of_a_digest() -> None:
    def shown(count: int, *ahead: Ahead) -> str:
        return render.telegram(digest(*(bare(number, title="x" * 150) for number in range(1, count + 1)), ahead=ahead)).html

    most = next(count for count in range(1, 40) if "story:" + str(count + 1) not in shown(count + 1))
    crowded = shown(most, *[NEAR] * 8)
    assert [number for number in range(1, most + 1) if f"story:{number}<" not in crowded] == []
    assert crowded.count("motion hearing") < 8
    assert shown(most - 3, *[NEAR] * 8).count("motion hearing") == 8


@pytest.mark.parametrize(
    ("window", "expected"), [("2026-11-24", "24 Nov 2026"), ("2026-W48", "week 48 of 2026"), ("2026-W5\nX", "2026-W5 X"), ("odd", "odd")]
)
def test_a_window_is_named_as_a_reader_says_it(window: str, expected: str) -> None:
    assert w.window(window, w.EN) == expected


def test_a_digest_leads_with_the_pressing_topic_and_its_primary_documents() -> None:
    news = bare(1, lead=replace(ORDER, primary=False))
    routine = bare(2, severity=Severity.ROUTINE, reasons=(Reason(watch="cecot", title="CECOT"),))
    order = bare(3, severity=Severity.NOTABLE)
    untitled = bare(4, severity=Severity.ROUTINE, reasons=())
    told = [(title, [each.story for each in group]) for title, group in w.grouped((routine, news, untitled, order), w.EN)]
    assert told == [("Abrego Garcia v. Noem", [3, 1]), ("CECOT", [2]), ("Other", [4])]


def test_a_digest_puts_a_story_under_its_case_whatever_doctrine_it_touched_first() -> None:
    doctrine, case = Reason(watch="due-process", title="Due process"), Reason(watch="dvd-v-dhs", title="D.V.D. v. DHS", case=True)
    items = (bare(1, reasons=(doctrine,)), bare(2, reasons=(doctrine, case)), bare(3, reasons=(case,), severity=Severity.ROUTINE))
    told = [(title, [each.story for each in group]) for title, group in w.grouped(items, w.EN)]
    assert told == [("D.V.D. v. DHS", [2, 3]), ("Due process", [1])]


def test_what_presses_more_comes_first_even_before_a_case() -> None:
    doctrine, case = Reason(watch="due-process", title="Due process"), Reason(watch="dvd-v-dhs", title="D.V.D. v. DHS", case=True)
    items = (bare(1, reasons=(case,), severity=Severity.ROUTINE), bare(2, reasons=(doctrine,)))
    assert [title for title, _ in w.grouped(items, w.EN)] == ["Due process", "D.V.D. v. DHS"]


def test_why_names_the_topic_and_the_words_found() -> None:
    reason = Reason(watch="x", title="Third-country removal", found=("South Sudan", "removed to a third country"))
    assert w.because(reason, w.EN) == "topic “Third-country removal” — found “South Sudan”, “removed to a third country”"
    assert w.because(Reason(watch="cecot", title=" "), w.ES) == "tema “cecot”"


# --- Telegram


def test_an_alert_for_telegram_reads_whole() -> None:
    message = render.telegram(letter(item(), repeat=True), public_url=PUBLIC)
    assert message.html == (
        "<i>Possible repeat: you may have received this already.</i>\n"
        "\n"
        "<b>🔴 Urgent</b> · order\n"
        '<b><a href="https://www.courtlistener.com/docket/69777799/51/abrego-garcia-v-noem/">'
        "Order to facilitate the return (#51), Abrego Garcia v. Noem</a></b>\n"
        "U.S. District Court, D. Maryland · 24 Nov 2026, 09:05 EST\n"
        "\n"
        "The government shall facilitate the return of the plaintiff.\n"
        "\n"
        "<b>Why: </b>topic “Abrego Garcia v. Noem” — found “8:25-cv-00951”\n"
        "· topic “Third-country removal” — found “South Sudan”, “removed to a third country”\n"
        "\n"
        "<b>Ahead</b>\n"
        "1 Dec 2026: status report due\n"
        "\n"
        "<b>Further papers</b>\n"
        '· <a href="https://example.org/a">Judge orders return of man sent to Salvadoran prison</a>'
        " (The Daily Example · 24 Nov 2026, 09:05 EST)\n"
        "and 3 more papers\n"
        "\n"
        '<code>story:17</code> · <a href="https://watch.example/story/17">Full story</a>'
    )
    assert "https://www.courtlistener.com/docket/69777799/51/abrego-garcia-v-noem/\n" in message.text
    assert "<" not in message.text


def test_an_update_says_first_what_changed() -> None:
    told = render.telegram(letter(item(change="now an order"), kind=LetterKind.UPDATE, lang="es"))
    assert told.html.startswith("<b>Qué cambió</b>: ahora es una orden\n\n<b>🔴 Urgente</b> · orden\n")


def test_an_update_names_the_paper_that_made_it() -> None:
    news = Paper(title="Pulled segment surfaces", url="https://example.org/new?a&b", outlet="The Daily Example", published=NOW)
    told = letter(item(change="a further report", news=news), kind=LetterKind.UPDATE)
    first = "<b>What changed</b>: a further report: "
    linked = '<a href="https://example.org/new?a&amp;b">“Pulled segment surfaces”</a> (The Daily Example)\n\n'
    assert render.telegram(told).html.startswith(first + linked)
    assert first.replace("<b>", "").replace("</b>", "") + "“Pulled segment surfaces”" in render.telegram(replace(told, lang="en")).text
    mail = render.email(told)
    assert "What changed: a further report\n“Pulled segment surfaces” (The Daily Example)\n  https://example.org/new?a&b\n" in mail.text
    assert 'href="https://example.org/new?a&amp;b"' in mail.html
    console = render.console(told).text
    assert "What changed: a further report: “Pulled segment surfaces”" in console
    assert "https://example.org/new?a&b" in console
    listed = render.telegram(letter(item(change="a further report", news=news), item(18)))
    assert "“Pulled segment surfaces”" in listed.html
    assert "segment" not in render.telegram(replace(told, kind=LetterKind.RETRACTION)).html
    assert "segment" not in render.email(replace(told, kind=LetterKind.RETRACTION)).text


def test_an_update_without_words_is_still_called_one() -> None:
    assert render.telegram(letter(item(), kind=LetterKind.UPDATE)).html.startswith("<b>Update</b>\n\n")


def test_a_retraction_says_that_what_was_told_no_longer_stands() -> None:
    told = render.telegram(letter(item(change="the register withdrew it"), kind=LetterKind.RETRACTION))
    assert told.text.startswith("Withdrawn: the register withdrew it\nWhat you were told before no longer stands.\n\n")


@pytest.mark.parametrize(
    ("change", "lang", "said"),
    [
        ("withdrawn", "en", "Withdrawn. What you were told before no longer stands."),
        ("", "en", "Withdrawn. What you were told before no longer stands."),
        ("by the agency", "en", "Withdrawn: by the agency. What you were told before no longer stands."),
        ("removed from the docket", "en", "Removed from the docket. The court no longer shows the paper that you were told of."),
        ("withdrawn", "es", "Retirado. Lo que se le comunicó antes ya no es válido."),
        ("removed from the docket", "es", "Eliminado del expediente. El tribunal ya no muestra el documento del que se le avisó."),
    ],
)
def test_a_retraction_says_what_happened_and_what_it_means(change: str, lang: str, said: str) -> None:
    gone = letter(bare(change=change), kind=LetterKind.RETRACTION, lang=lang)
    assert w.retracted(gone.items[0], w.words(lang)) == said
    assert render.console(gone, width=150).text.splitlines()[1] == f"  {said}"
    assert render.telegram(gone).text.startswith(said.replace(". ", "\n", 1))
    assert render.email(gone).text.replace("\n", " ").startswith(f"HABEAS WATCH {said}")


def test_a_digest_for_telegram_goes_by_topic() -> None:
    told = render.telegram(letter(bare(1), bare(2), kind=LetterKind.DIGEST, window="2026-11-24", text="Since yesterday.")).text
    assert told.startswith("Digest, 24 Nov 2026\n\nSince yesterday.\n\nAbrego Garcia v. Noem\n🔴 Order to facilitate")
    assert told.count("Abrego Garcia v. Noem\n🔴") == 1
    assert told.endswith("story:2")


REPORTED = item(reported=ARTICLE, others=(), more=0)


def test_how_the_press_put_it_stands_below_what_a_court_did() -> None:
    said = "Reported as: “Judge orders return of man sent to Salvadoran prison”"
    told = render.telegram(letter(REPORTED))
    assert (
        f'Reported as: <a href="{ARTICLE.url}">“Judge orders return of man sent to Salvadoran prison”</a> (The Daily Example)' in told.html
    )
    assert f"{said}\n{ARTICLE.url} (The Daily Example)\n" in told.text
    assert f"  {said} · The\n    Daily Example\n" in render.console(letter(REPORTED)).text
    mail = render.email(letter(REPORTED, REPORTED, kind=LetterKind.DIGEST, window="2026-11-24"))
    assert f"{said} (The Daily Example) {ARTICLE.url} " in " ".join(mail.text.split())
    assert mail.html.count(">“Judge orders return of man sent to Salvadoran prison”</a> (The Daily Example)</p>") == 2
    assert "Según la prensa: “Judge orders" in render.telegram(letter(REPORTED, lang="es")).text
    assert "Reported as" not in render.telegram(letter(item(reported=replace(ARTICLE, title=" ")))).text


def test_a_digest_tells_how_the_press_put_it_where_that_leaves_no_story_out() -> None:
    few = letter(*(replace(REPORTED, story=number) for number in range(9)), kind=LetterKind.DIGEST, window="2026-11-24")
    many = letter(*(replace(REPORTED, story=number) for number in range(15)), kind=LetterKind.DIGEST, window="2026-11-24")
    told = [render.telegram(each).html for each in (few, many)]
    assert [(each.count("story:"), each.count("Reported as")) for each in told] == [(9, 9), (15, 0)]


def test_a_digest_of_nothing_says_what_the_letter_says() -> None:
    said = "Nothing happened: all 23 sources were read, last at 06:55."
    message = render.telegram(letter(kind=LetterKind.DIGEST, window="2026-W48", text=said))
    assert message.html == f"<b>Digest, week 48 of 2026</b>\n\n{said}"


def test_a_long_list_says_how_many_are_left_out_and_where() -> None:
    message = render.telegram(letter(*(bare(story) for story in range(200)), kind=LetterKind.LIST), public_url=PUBLIC)
    shown_here = message.html.count("<code>story:")
    assert message.html.startswith("<b>200 developments</b>")
    assert message.html.endswith(f'and {200 - shown_here} more developments: <a href="https://watch.example">All of them</a>')
    assert shown_here >= 8


def test_a_list_puts_the_pressing_first() -> None:
    told = render.telegram(letter(bare(1, severity=Severity.ROUTINE), bare(2), kind=LetterKind.LIST)).text
    assert told.index("story:2") < told.index("story:1")


@pytest.mark.parametrize("filler", ["x", "😀"])
def test_a_notice_stays_whole_up_to_the_limit_and_is_cut_beyond(filler: str) -> None:
    room = TEXT_LIMIT - len("Notice\n\n")
    whole = filler * (room // units(filler))
    fits = render.telegram(letter(kind=LetterKind.NOTICE, subject="Notice", text=whole))
    assert fits.text == f"Notice\n\n{whole}"
    assert units(fits.text) == TEXT_LIMIT
    over = render.telegram(letter(kind=LetterKind.NOTICE, subject="Notice", text=whole + "x"))
    assert over.text.endswith(f"{filler}…")
    assert TEXT_LIMIT - 1 <= units(over.text) <= TEXT_LIMIT
    assert parse(over.html).text == over.text


def test_the_summary_gives_way_before_anything_else() -> None:
    told = render.telegram(letter(item(summary="word " * 2000, reasons=(CASE,) * 9)))
    assert parse(told.html).units <= TEXT_LIMIT
    for kept in ("and 5 more topics", "status report due", "and 3 more papers", "story:17", "…"):
        assert kept in told.html


def test_papers_give_way_where_spelled_out_addresses_take_the_room() -> None:
    long = Paper(title="t" * 500, url="https://example.org/" + "a" * 900, outlet="o" * 300, published=NOW)
    message = render.telegram(letter(item(others=(long,) * 9, lead=replace(ORDER, url=long.url))))
    assert units(message.text) <= TEXT_LIMIT
    assert "Further papers" in message.html
    assert "Further papers" not in message.text
    assert "story:17" in message.text


def test_markup_in_a_title_is_text() -> None:
    title = '<b>bold</b> & <a href="javascript:x">link</a> &amp; "quoted"'
    message = render.telegram(letter(bare(title=title)))
    assert title in parse(message.html).text
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; &lt;a" in message.html


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ("Judge: /stop the flights", "Judge: /|stop the flights"),
        ("/forget@habeas_bot now", "/|forget@|habeas_bot now"),
        ("says @alice, or mail a@evil.example", "says @|alice, or mail a@|evil.|example"),
        ("see evil.example/stop", "see evil.|example/stop"),
        ("see https://evil.example", "see https:|//evil.|example"),
        ("tg://resolve?domain=alice", "tg:|//resolve?domain=alice"),
        ("at 192.0.2.1 now", "at 192.|0.2.1 now"),
        ("сайт пример.рф", "сайт пример.|рф"),
        ("and/or, U.S. v. J.G.G., § 1.5, 3/4, No. 25-1345, A.A.R.P.", "and/or, U.S. v. J.G.G., § 1.5, 3/4, No. 25-1345, A.A.R.P."),
    ],
)
def test_words_that_telegram_would_make_a_link_of_are_broken(given: str, broken: str) -> None:
    assert inert(given).replace("\u2060", "|") == broken
    assert inert(inert(given)) == inert(given)


TAP = "/stop @alice evil.example https://evil.example/x"
#: what Telegram makes links of by itself (Bot API, MessageEntity: bot_command, mention, email, url), near enough
LINKS_ITSELF = re.compile(r"(?<![\w/<>])/\w+|(?<!\w)@\w{2,}|\w+@\w+\.\w|\w+://\w|(?<=\w)\.[^\W\d_]{2,}")


@pytest.mark.parametrize("many", [1, 2, 30])
@pytest.mark.parametrize("kind", [LetterKind.ALERT, LetterKind.UPDATE, LetterKind.RETRACTION, LetterKind.DIGEST])
def test_nothing_foreign_can_be_tapped_in_telegram(kind: LetterKind, many: int) -> None:
    reason = Reason(watch="x", title=TAP, found=(TAP,))
    paper = Paper(title=TAP, url="", outlet=TAP, published=None)
    hostile = item(
        title=TAP,
        label=TAP,
        summary=TAP * 60,
        change=TAP,
        news=paper,
        lead=paper,
        others=(paper, paper),
        reasons=(reason, reason),
        deadlines=(Deadline(label=TAP, on=date(2026, 12, 1)),),
    )
    message = render.telegram(letter(*[hostile] * many, kind=kind))
    for told in (parse(message.html), plain(message.text)):
        assert "evil" in told.text
        assert LINKS_ITSELF.findall(told.text) == []
        assert told.units <= TEXT_LIMIT


def test_commands_of_our_own_words_can_be_tapped() -> None:
    message = render.telegram(letter(kind=LetterKind.CONFIRMATION, text="Send /start, or see https://watch.example"))
    assert parse(message.html).text == plain(message.text).text == "Send /start, or see https://watch.example"


def test_an_empty_letter_still_says_something() -> None:
    assert render.telegram(letter(kind=LetterKind.NOTICE, text="\u200b\n")).html == "Nothing to report."


HOSTILE = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="<>&\"'/ab ;#", max_size=80),
    st.sampled_from(
        [
            "",
            "w" * 10_000,
            "😀" * 3000,
            "&" * 5000,
            "\u202eevil\u2066",
            "line\r\nBcc: victim@example.org",
            "\ud800 x",
            "نص " * 1500,
            "a\u0301" * 4000,
            "<script>alert(1)</script>",
            "{{ 7*7 }}{% raw %}",
            "👨\u200d👩" * 2000,
        ]
    ),
)
URLS = st.one_of(HOSTILE, st.sampled_from(["https://example.org/a?b=1&c='2'", "javascript:x", "https://example.org/" + "é" * 900]))
MOMENTS = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1 < at.year < 9999))
PAPERS = st.builds(Paper, title=HOSTILE, url=URLS, outlet=HOSTILE, published=MOMENTS, day_only=st.booleans(), primary=st.booleans())
REASONS = st.builds(Reason, watch=HOSTILE, title=HOSTILE, found=st.lists(HOSTILE, max_size=5).map(tuple))
ITEMS = st.builds(
    Item,
    story=st.integers(1, 10**12),
    revision=st.just(1),
    title=HOSTILE,
    severity=st.sampled_from(Severity),
    label=HOSTILE,
    summary=HOSTILE,
    lead=PAPERS,
    reported=st.one_of(st.none(), PAPERS),
    others=st.lists(PAPERS, max_size=8).map(tuple),
    more=st.integers(0, 10**6),
    reasons=st.lists(REASONS, max_size=8).map(tuple),
    change=HOSTILE,
    news=st.one_of(st.none(), PAPERS),
    seen_at=st.just(NOW),
    deadlines=st.lists(st.builds(Deadline, label=HOSTILE, on=st.dates(min_value=date(2026, 11, 1))), max_size=8).map(tuple),
)
LETTERS = st.builds(
    Letter,
    id=st.just(1),
    address=st.just(letter().address),
    kind=st.sampled_from(LetterKind),
    items=st.one_of(st.lists(ITEMS, max_size=3), st.lists(ITEMS, min_size=1, max_size=1).map(lambda one: one * 40)).map(tuple),
    text=HOSTILE,
    subject=HOSTILE,
    repeat=st.booleans(),
    unsubscribe=HOSTILE,
    window=HOSTILE,
    lang=st.sampled_from(["en", "es"]),
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu"]),
    created_at=st.just(NOW),
    due_at=st.just(NOW),
)
thorough = settings(suppress_health_check=list(HealthCheck))


@thorough
@given(LETTERS, st.sampled_from(["", PUBLIC]))
def test_whatever_comes_telegram_takes_it(hostile: Letter, public_url: str) -> None:
    message = render.telegram(hostile, public_url=public_url)
    told = parse(message.html)
    assert told.text
    assert told.units <= TEXT_LIMIT
    assert told.dropped == 0
    assert plain(message.text).text
    assert units(message.text) <= TEXT_LIMIT
    (message.html + message.text).encode()


# --- the terminal


def test_an_alert_in_a_terminal_reads_whole() -> None:
    assert render.console(letter(item(), repeat=True)).text == "\n".join(
        [
            "Possible repeat: you may have received this already.",
            "── Urgent · order ───────────────────────────────────────────────────── story:17",
            "  Order to facilitate the return (#51), Abrego Garcia v. Noem",
            "  U.S. District Court, D. Maryland · 24 Nov 2026, 09:05 EST",
            "  https://www.courtlistener.com/docket/69777799/51/abrego-garcia-v-noem/",
            "  The government shall facilitate the return of the plaintiff.",
            "  Why: topic “Abrego Garcia v. Noem” — found “8:25-cv-00951”",
            "  · topic “Third-country removal” — found “South Sudan”, “removed to a third",
            "    country”",
            "  Ahead: 1 Dec 2026: status report due",
            "  Further papers:",
            "    · Judge orders return of man sent to Salvadoran prison · The Daily Example ·",
            "      24 Nov 2026, 09:05 EST",
            "    and 3 more papers",
        ]
    )


@pytest.mark.parametrize(
    ("kind", "first"),
    [(LetterKind.UPDATE, "  What changed: now final"), (LetterKind.RETRACTION, "  Withdrawn: now final. What you were told")],
)
def test_news_of_a_story_comes_before_its_title_in_a_terminal(kind: LetterKind, first: str) -> None:
    assert render.console(letter(bare(change="now final"), kind=kind)).text.splitlines()[1].startswith(first)


def test_a_notice_in_a_terminal_has_its_subject_and_text() -> None:
    lines = render.console(
        letter(kind=LetterKind.NOTICE, subject="hrw failed", text="status 503\n\nsince noon"), width=40
    ).text.splitlines()
    assert lines == ["── hrw failed ─────────────────────────", "  status 503", "", "  since noon"]


def test_colour_is_only_written_where_it_is_wanted() -> None:
    assert "\x1b[" in render.console(letter(item()), colour=True).text
    assert "\x1b" not in render.console(letter(item(title="\x1b]0;owned\x07\x1b[2J"))).text


@thorough
@given(LETTERS, st.integers(20, 200))
def test_whatever_comes_a_terminal_is_safe_with_it(hostile: Letter, width: int) -> None:
    text = render.console(hostile, width=width).text
    assert text.strip()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    text.encode()


# --- mail


class Page(HTMLParser):
    """What a mail client sees: tags, addresses, visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.urls: list[str] = []
        self.words: list[str] = []
        self.inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.inside = tag
        self.urls += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self.inside not in ("style", "title"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


SAFE_TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "h1", "h2", "h3", "b", "a", "br", "span"}


def digest(*items: Item, **more: Any) -> Letter:
    return letter(*items, kind=LetterKind.DIGEST, window="2026-11-24", unsubscribe="tok123", **more)


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        (letter(item()), "Urgent: Order to facilitate the return (#51), Abrego Garcia v. Noem"),
        (letter(bare(severity=Severity.NOTABLE)), "Order to facilitate the return (#51), Abrego Garcia v. Noem"),
        (letter(item(), kind=LetterKind.UPDATE), "Update: Order to facilitate the return (#51), Abrego Garcia v. Noem"),
        (letter(item(), kind=LetterKind.RETRACTION, lang="es"), "Retirado: Order to facilitate the return (#51), Abrego Garcia v. Noem"),
        (digest(bare(1), bare(2)), "Digest, 24 Nov 2026: 2 developments"),
        (digest(), "Digest, 24 Nov 2026: nothing new"),
        (
            letter(bare(1), bare(2, title="B"), kind=LetterKind.LIST),
            "2 developments: Order to facilitate the return (#51), Abrego Garcia v. Noem",
        ),
        (letter(kind=LetterKind.CONFIRMATION, text="x"), "Please confirm"),
        (letter(kind=LetterKind.NOTICE, subject="hrw\r\nBcc: x@example.org"), "hrw Bcc: x@example.org"),
        (letter(kind=LetterKind.NOTICE, text="x"), "Notice to the operator"),
    ],
)
def test_a_subject_says_what_it_is_on_one_line(given: Letter, subject: str) -> None:
    assert render.email(given).subject == subject


def test_an_alert_mail_reads_whole() -> None:
    message = render.email(letter(item(), unsubscribe="tok123", repeat=True), public_url=PUBLIC)
    assert message.text == "\n".join(
        [
            "HABEAS WATCH",
            "",
            "[Urgent] order",
            "Order to facilitate the return (#51), Abrego Garcia v. Noem",
            "U.S. District Court, D. Maryland · 24 Nov 2026, 09:05 EST",
            "https://www.courtlistener.com/docket/69777799/51/abrego-garcia-v-noem/",
            "",
            "The government shall facilitate the return of the plaintiff.",
            "",
            "Why: topic “Abrego Garcia v. Noem” — found “8:25-cv-00951”",
            "- topic “Third-country removal” — found “South Sudan”, “removed to a",
            "  third country”",
            "Ahead: 1 Dec 2026: status report due",
            "",
            "Further papers:",
            "- Judge orders return of man sent to Salvadoran prison (The Daily",
            "  Example · 24 Nov 2026, 09:05 EST)",
            "  https://example.org/a",
            "and 3 more papers",
            "",
            "story:17  https://watch.example/story/17",
            "",
            "--",
            "Alerts point to public papers; they are not legal advice.",
            "Unsubscribe: https://watch.example/unsubscribe/tok123",
            "",
        ]
    )


def votes_in(given: Letter, public_url: str = PUBLIC) -> list[str]:
    """The links of a vote in the text of a mail, with what stands before them; they are in the HTML too."""
    message = render.email(given, public_url=public_url)
    found = re.findall(r"(?m)^((?:Not r|R)elevant: )(\S+)$", message.text)
    assert {url for _, url in found} <= set(Page(message.html).urls)
    assert message.html.count("/feedback/") == len(found)
    return [f"{said}{url.rpartition('-')[0]}" for said, url in found]


@pytest.mark.parametrize("kind", [LetterKind.ALERT, LetterKind.UPDATE, LetterKind.LIST, LetterKind.DIGEST])
def test_below_each_item_of_a_mail_are_two_links_to_say_whether_it_was_relevant(kind: LetterKind) -> None:
    assert votes_in(letter(item(1), bare(2), id=12, kind=kind, message_id="<a@b>")) == [
        "Relevant: https://watch.example/feedback/12-1-yes",
        "Not relevant: https://watch.example/feedback/12-1-no",
        "Relevant: https://watch.example/feedback/12-2-yes",
        "Not relevant: https://watch.example/feedback/12-2-no",
    ]


def test_no_link_asks_where_none_could_be_answered() -> None:
    given = letter(item(), message_id="<a@b>")
    assert votes_in(given, public_url="") == []
    for silent in ({"kind": LetterKind.RETRACTION}, {"message_id": ""}, {"items": (item(reasons=()),)}):
        assert votes_in(replace(given, **silent)) == []


@pytest.mark.parametrize("kind", [LetterKind.ALERT, LetterKind.LIST, LetterKind.DIGEST, LetterKind.UPDATE, LetterKind.RETRACTION])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_whatever_tells_a_story_prints_the_key_that_why_takes(kind: LetterKind, lang: str) -> None:
    items = (item(17), item(18)) if kind in (LetterKind.LIST, LetterKind.DIGEST) else (item(17),)
    given = letter(*items, kind=kind, lang=lang, window="2026-11-24")
    keys = [f"story:{each.story}" for each in items]
    mail, chat = render.email(given, public_url=PUBLIC), render.telegram(given, public_url=PUBLIC)
    for text in (mail.text, mail.html, chat.text, chat.html, render.console(given).text):
        assert sorted(set(re.findall(r"\bstory:\d+", text))) == keys


def test_a_title_in_short_has_its_key_too() -> None:
    many = tuple(item(story, summary="word " * 200) for story in range(150))
    message = render.email(letter(*many, kind=LetterKind.DIGEST))
    titles = message.text.count(item().title)
    assert titles > message.text.count("The government shall") + 10
    for text in (message.text, message.html):
        assert len(re.findall(r"\bstory:\d+", text)) == titles


def test_a_title_in_short_has_no_links_of_a_vote() -> None:
    many = tuple(item(story, summary="word " * 200) for story in range(200))
    message = render.email(letter(*many, kind=LetterKind.DIGEST, message_id="<a@b>"), public_url=PUBLIC)
    assert 0 < message.text.count("Not relevant: ") < 100
    assert len(message.html.encode()) <= 90_000


def test_text_and_html_say_the_same() -> None:
    message = render.email(digest(item(1), bare(2), text="All 23 sources were read.", message_id="<a@b>"), public_url=PUBLIC)
    page = Page(message.html)
    for words in re.findall(r"[\w’#.]+", re.sub(r"https?://\S+|[=\[\]]", " ", message.text)):
        assert words.lower().strip(".") in page.text.lower()
    assert set(re.findall(r"https?://[^\s]+", message.text)) == set(page.urls)


def test_a_digest_has_its_dates_once_and_last() -> None:
    text = render.email(digest(item(1), item(2, deadlines=(Deadline(label="hearing", on=date(2026, 11, 26)),)))).text
    assert text.count("status report due") == 1
    assert text.index("story:2") < text.index("AHEAD") < text.index("26 Nov 2026: hearing") < text.index("1 Dec 2026: status report due")
    assert "2 developments, 2 urgent, 2 dates ahead" in text


def test_without_a_public_address_nothing_of_ours_is_linked() -> None:
    message = render.email(digest(item(1)))
    assert "unsubscribe" not in message.html.lower()
    assert "/story/" not in message.html


def test_addresses_in_a_confirmation_are_links_without_the_full_stop() -> None:
    said = "Confirm here: https://watch.example/confirm/abc.\nOr ignore this."
    page = Page(render.email(letter(kind=LetterKind.CONFIRMATION, subject="Please confirm", text=said)).html)
    assert page.urls == ["https://watch.example/confirm/abc"]
    assert "Confirm here: https://watch.example/confirm/abc." in page.text


def test_a_retraction_opens_with_a_banner_that_says_it_once() -> None:
    message = render.email(letter(item(change="withdrawn"), kind=LetterKind.RETRACTION))
    assert message.text.startswith("HABEAS WATCH\nWithdrawn. What you were told before no longer stands.\n\n[Urgent] order\n")
    assert Page(message.html).text.lower().count("withdrawn") == 1


@pytest.mark.parametrize("title", ["Order (#51), Abrego Garcia v. Noem", "<&>\"'" * 200, "ñandú " * 100])
def test_a_digest_of_200_stays_under_the_clip_and_says_where_the_rest_is(title: str) -> None:
    many = [item(story, title=f"{title} {story}", severity=Severity.URGENT if story == 150 else Severity.NOTABLE) for story in range(200)]
    message = render.email(digest(*many), public_url=PUBLIC)
    assert len(message.html.encode()) <= HTML_LIMIT
    assert re.search(r"and \d+ more developments\nhttps://watch.example\n", message.text)
    assert "200 developments, 1 urgent, 200 dates ahead" in message.text
    assert re.findall(r"story:\d+", message.text)[:1] == ["story:150"]
    assert "unsubscribe/tok123" in message.html


def test_a_digest_of_20_is_told_in_full() -> None:
    message = render.email(digest(*(item(story) for story in range(20))), public_url=PUBLIC)
    assert message.text.count("[Urgent]") == message.text.count("  https://watch.example/story/") == 20


@thorough
@given(LETTERS, st.sampled_from(["", PUBLIC]))
def test_whatever_comes_a_mail_is_safe_with_it(hostile: Letter, public_url: str) -> None:
    message = render.email(hostile, public_url=public_url)
    assert message.subject
    assert message.subject == clean(message.subject)
    assert message.text.strip()
    assert len(message.html.encode()) <= HTML_LIMIT
    page = Page(message.html)
    assert page.tags <= SAFE_TAGS
    assert all(link(url) for url in page.urls)
