"""Entries made Documents: one publication is one Document, however it is written the next time."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.models import Docket, Document, DocumentType, Entry, Severity, Source, Stage
from watcher.normalize import advances, documents, keys_of, normalize, shared_of

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
FEED = Source(id="hrw", kind="feed", url="https://hrw.example.org/feed", every=timedelta(minutes=15))
DOCKET = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
ENTRY = Entry(
    id="https://hrw.example.org/?p=1",
    link="https://www.hrw.example.org/2025/cecot/?utm_source=rss",
    title="Held in CECOT",
    summary="<p>A report.</p>",
    text="<p>One.</p><p>Two.</p>",
    published="Thu, 10 Apr 2025 18:41:07 -0400",
    lang="en-US",
)


def known(document: Document) -> set[str]:
    return {document.key, *document.keys}


def one(entry: Entry, source: Source = FEED) -> Document:
    (document,) = documents([entry], source, now=NOW)
    return document


def test_an_entry_becomes_a_document_of_plain_words() -> None:
    assert one(ENTRY) == Document(
        key="feed:hrw:42ebdff4fece889092f4cbfb",
        keys=("guid:hrw:c22b5695c37541c9118b2ea9", "url:hrw.example.org/2025/cecot"),
        source="hrw",
        url="https://www.hrw.example.org/2025/cecot/",
        title="Held in CECOT",
        summary="A report.",
        text="One.\nTwo.",
        lang="en",
        published=datetime(2025, 4, 10, 22, 41, 7, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "http://hrw.example.org/?p=1"},
        {"id": " https://hrw.example.org/?p=1 \n"},
        {"id": "https://hrw.example.org/?p=2"},
        {"id": ""},
        {"link": "http://hrw.example.org/2025/cecot?fbclid=1"},
        {"link": "https://hrw.example.org/2025/a-better-title/"},
        {"link": ""},
        {"title": "Held in CECOT, and freed"},
        {"text": "<p>Rewritten.</p>", "summary": "Rewritten."},
        {"published": "Fri, 11 Apr 2025 08:00:00 GMT", "updated": "2025-04-12"},
    ],
)
def test_what_changes_between_readings_makes_no_second_document(changed: dict[str, Any]) -> None:
    assert known(one(ENTRY)) & known(one(replace(ENTRY, **changed)))


def test_other_words_are_another_version_and_other_addresses_are_not() -> None:
    first = one(ENTRY).fingerprint()
    assert one(replace(ENTRY, title="Freed")).fingerprint() != first
    assert one(replace(ENTRY, text="<p>Three.</p>")).fingerprint() != first
    assert one(replace(ENTRY, relates=("fr:1",))).fingerprint() != first
    assert one(replace(ENTRY, link=ENTRY.link + "&fbclid=1", id="other", published="2025-05-01")).fingerprint() == first
    assert one(replace(ENTRY, text="<div>One.</div>\n<div><b>Two</b>.</div>")).fingerprint() == first


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ({"title": "RETRACTED: Held in CECOT"}, Stage.WITHDRAWN),
        ({"summary": "<p>Editor’s note: This article has been withdrawn.</p>"}, Stage.WITHDRAWN),
        ({"text": "Esta noticia ha sido retirada por la redacción."}, Stage.WITHDRAWN),
        ({"title": "Withdrawn: the nominee for the bench"}, Stage.PUBLISHED),
        ({"summary": "The man says that this article was withdrawn."}, Stage.PUBLISHED),
    ],
)
def test_an_article_is_withdrawn_where_its_publisher_says_so(words: dict[str, Any], stage: Stage) -> None:
    assert one(replace(ENTRY, **words)).stage is stage


def test_the_same_article_in_two_feeds_is_one_document() -> None:
    other = replace(FEED, id="guardian-law")
    assert known(one(ENTRY)) & known(one(replace(ENTRY, id="tag:1"), other)) == {"url:hrw.example.org/2025/cecot"}


def test_the_same_guid_in_two_feeds_says_nothing() -> None:
    first, second = replace(ENTRY, id="7", link=""), replace(ENTRY, id="7", link="")
    assert not known(one(first)) & known(one(second, replace(FEED, id="other")))


def test_a_shared_guid_tells_nothing_apart_and_guid_with_link_does() -> None:
    entries = [replace(ENTRY, id="1", link=f"https://hrw.example.org/{name}") for name in "abc"]
    made = documents(entries, FEED, now=NOW)
    assert len(made) == 3
    assert not any(key.startswith("guid:") for document in made for key in known(document))


def test_a_link_that_several_entries_share_is_no_key() -> None:
    page = "https://ecf.example.gov/cgi-bin/DktRpt.pl?455612"
    made = documents([replace(ENTRY, id=f"{page}&{number}", link=page) for number in range(3)], FEED, now=NOW)
    assert len(made) == 3
    assert not any(key.startswith("url:") for document in made for key in known(document))


def test_where_many_links_lead_to_one_page_no_link_is_a_key() -> None:
    links = ["https://hrw.example.org/news"] * 2 + [f"https://hrw.example.org/{number}" for number in range(6)]
    entries = [replace(ENTRY, id=f"id-{number}", link=link) for number, link in enumerate(links)]
    assert shared_of(entries).no_links
    assert not any(key.startswith("url:") for document in documents(entries, FEED, now=NOW) for key in known(document))


def test_one_shared_link_among_many_takes_nothing_from_the_others() -> None:
    links = ["https://hrw.example.org/news"] * 2 + [f"https://hrw.example.org/{number}" for number in range(9)]
    entries = [replace(ENTRY, id=f"id-{number}", link=link) for number, link in enumerate(links)]
    made = documents(entries, FEED, now=NOW)
    assert len(made) == 11
    assert sum(any(key.startswith("url:") for key in known(document)) for document in made) == 9


def test_the_root_of_a_site_is_no_key() -> None:
    assert not any(key.startswith("url:") for key in known(one(replace(ENTRY, link="https://hrw.example.org/"))))


def test_entries_without_guid_on_one_page_are_told_apart_by_their_words() -> None:
    entries = [Entry(link="https://hrw.example.org/news", title=title) for title in ("One", "Two", "One")]
    assert [document.title for document in documents(entries, FEED, now=NOW)] == ["One", "Two"]


@pytest.mark.parametrize("first", [("One", "Two"), ("One",)])
def test_an_entry_without_guid_is_the_same_whether_or_not_others_share_its_link_today(first: tuple[str, ...]) -> None:
    page = "https://hrw.example.org/news"
    then, now = ([Entry(link=page, title=title) for title in titles] for titles in (first, ("One", "Two")[: 3 - len(first)]))
    (one, *_), (again, *_) = documents(then, FEED, now=NOW), documents(now, FEED, now=NOW)
    assert known(one) & known(again)


def test_an_entry_with_nothing_but_words_has_them_as_its_key() -> None:
    assert one(Entry(title="a", text="b")).key == one(Entry(title="<i>a</i>", text="<p>b</p>")).key
    assert one(Entry(title="a", text="b")).key != one(Entry(title="a", text="c")).key


def test_of_entries_that_share_a_key_the_first_stays() -> None:
    twice = [ENTRY, replace(ENTRY, title="Again")]
    assert [document.title for document in documents(twice, FEED, now=NOW)] == ["Held in CECOT"]


def test_an_aggregators_opaque_links_are_told_by_title_and_outlet() -> None:
    google = "https://news.google.com/rss/articles/"
    first = Entry(id="a", link=f"{google}a?oc=5", title="Judge orders return - Example Wire", outlet="Example Wire")
    again = replace(first, id="b", link=f"{google}b?oc=5")
    assert known(one(first)) & known(one(again))
    assert one(first).title == "Judge orders return"
    assert not known(one(first)) & known(one(replace(again, outlet="Other Wire", title="Judge orders return - Other Wire")))


def test_a_paper_with_a_key_of_its_own_is_not_known_by_its_address() -> None:
    entry = Entry(key="fr:2025-04865", keys=("fr:2025-4865",), link="https://www.federalregister.gov/documents/2025/03/20/2025-04865/x")
    assert keys_of(entry, FEED) == ("fr:2025-04865", "fr:2025-4865")


def test_no_key_is_too_long_for_an_index() -> None:
    paper = one(Entry(key="fr:" + "9" * 10_000, relates=("fr:" + "9" * 10_000,)))
    article = one(replace(ENTRY, id="", link="https://hrw.example.org/" + "ü" * 1_500))
    assert max(len(key) for key in (*known(paper), *known(article), *paper.relates)) < 400
    assert known(article) != known(one(replace(ENTRY, id="", link="https://hrw.example.org/" + "ü" * 1_499)))


def test_a_renamed_case_makes_no_version_of_its_entries() -> None:
    entry = Entry(
        key="cl:1#entry-51",
        title="Entry #51 in Abrego Garcia v. Noem",
        summary="ORDER granting stay.",
        case="Abrego Garcia v. Noem",
        docket=DOCKET,
    )
    renamed = replace(entry, title="Entry #51 in Abrego Garcia v. Bondi", case="Abrego Garcia v. Bondi", link="https://cl.example/x")
    assert one(entry).fingerprint() == one(renamed).fingerprint()
    assert one(renamed).headline == "Order granting stay, Abrego Garcia v. Bondi"


def test_midnight_of_the_courts_own_zone_means_the_day() -> None:
    entry = Entry(key="cl:1#entry-1", summary="Order", docket=DOCKET, published="2025-11-20T00:00:00-08:00")
    document = one(entry)
    assert (document.published, document.day_only) == (datetime(2025, 11, 20, tzinfo=UTC), True)
    news = one(replace(ENTRY, published="2025-11-20T00:00:00-08:00"))
    assert (news.published, news.day_only) == (datetime(2025, 11, 20, 8, tzinfo=UTC), False)


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        (None, "2025-05-02T12:00:00Z", datetime(2025, 5, 2, 12, tzinfo=UTC)),
        ("garbage", "2025-05-02T12:00:00Z", datetime(2025, 5, 2, 12, tzinfo=UTC)),
        ("2025-05-01T12:00:00Z", "2025-05-02T12:00:00Z", datetime(2025, 5, 1, 12, tzinfo=UTC)),
        ("garbage", None, None),
    ],
)
def test_the_date_of_publication_goes_before_that_of_the_last_change(
    published: str | None, updated: str | None, expected: datetime | None
) -> None:
    assert one(replace(ENTRY, published=published, updated=updated)).published == expected


@pytest.mark.parametrize(
    ("of_source", "of_entry", "expected"),
    [(None, "en-US", "en"), ("es", "en-US", "es"), (None, "ES_mx", "es"), (None, None, ""), (None, "english", ""), (None, "<b>", "")],
)
def test_the_operators_word_on_language_goes_first(of_source: str | None, of_entry: str | None, expected: str) -> None:
    assert one(replace(ENTRY, lang=of_entry), replace(FEED, lang=of_source)).lang == expected


def test_what_a_primary_feed_brings_leads_and_is_a_press_release() -> None:
    document = one(ENTRY, replace(FEED, primary=True))
    assert (document.primary, document.source_kind, document.type) == (True, "press_release", DocumentType.ARTICLE)


FORMULA = "By the authority vested in me as President by the Constitution and the laws of the United States, it is hereby ordered:"


@pytest.mark.parametrize(
    ("text", "primary", "expected"),
    [
        (
            FORMULA,
            True,
            (DocumentType.EXECUTIVE_ORDER, Severity.URGENT),
        ),
        (
            "BY THE PRESIDENT OF THE UNITED STATES OF AMERICA<br>A PROCLAMATION<p>Tren de Aragua is a designated organization.</p>",
            True,
            (DocumentType.PROCLAMATION, Severity.URGENT),
        ),
        (
            FORMULA,
            False,
            (DocumentType.ARTICLE, Severity.ROUTINE),
        ),
    ],
)
def test_a_presidents_act_is_known_by_its_formula(text: str, primary: bool, expected: tuple[DocumentType, Severity]) -> None:
    document = one(replace(ENTRY, title="On X", text=text, summary=""), replace(FEED, primary=primary))
    assert (document.type, document.severity) == expected


def test_docket_and_register_papers_lead_without_being_told_so() -> None:
    docket = one(Entry(key="cl:1#entry-1", summary="Order", docket=DOCKET))
    paper = one(Entry(key="fr:2025-04865", title="X", type=DocumentType.PROCLAMATION, stage=Stage.SPECIAL))
    assert (docket.primary, docket.source_kind, docket.type) == (True, "docket", DocumentType.ORDER)
    assert (paper.primary, paper.source_kind, paper.severity) == (True, "federal_register", Severity.URGENT)


REGISTER = (Stage.INSPECTION, Stage.SPECIAL, Stage.PUBLISHED, Stage.CORRECTED, Stage.WITHDRAWN)
DOCKETS = (Stage.STUB, Stage.DESCRIBED, Stage.AVAILABLE)


@pytest.mark.parametrize("stages", [REGISTER, DOCKETS])
def test_a_paper_goes_on_and_never_back(stages: tuple[Stage, ...]) -> None:
    for (earlier, old), (later, new) in itertools.product(enumerate(stages), repeat=2):
        assert advances(old, new) == (later > earlier)


@pytest.mark.parametrize("end", [Stage.SEALED, Stage.REMOVED])
@pytest.mark.parametrize("stage", DOCKETS)
def test_a_docket_entry_may_be_sealed_at_any_time_and_come_back(stage: Stage, end: Stage) -> None:
    assert advances(stage, end)
    assert advances(end, stage)
    assert not advances(end, end)


TEXTS = st.one_of(st.text(max_size=40), st.sampled_from(["http://[", "https://x.org/a", "<b>", "\ud800", "2025-13-45", "#entry-1", "&#0;"]))


@given(
    st.lists(
        st.builds(
            Entry, id=TEXTS, link=TEXTS, title=TEXTS, summary=TEXTS, text=TEXTS, published=TEXTS, lang=TEXTS, outlet=TEXTS, enclosure=TEXTS
        ),
        max_size=6,
    )
)
def test_any_entries_become_documents_that_share_no_key(entries: list[Entry]) -> None:
    made = documents(entries, FEED, now=NOW)
    keys = [key for document in made for key in known(document)]
    assert len(keys) == len(set(keys))
    assert bool(made) == bool(entries)
    assert all(key.isprintable() and key.encode() for key in keys)


@given(st.builds(Entry, id=TEXTS, link=TEXTS, title=TEXTS, text=TEXTS, published=TEXTS))
def test_making_a_document_twice_gives_the_same(entry: Entry) -> None:
    assert normalize(entry, FEED, now=NOW) == normalize(entry, FEED, now=NOW)
