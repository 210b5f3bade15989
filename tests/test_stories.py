"""Documents to Stories: what belongs together is told once, and no act is ever swallowed by the Story of another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.models import Docket, Document, Placed, Severity, Stage
from watcher.models import DocumentType as T
from watcher.stories import Shelf, lead, place

NOW = datetime(2025, 4, 4, 16, tzinfo=UTC)
DAY = timedelta(days=1)
MDD = Docket(court="mdd", number="8:25-cv-00951-PX", courtlistener=69777799)
CA4 = Docket(court="ca4", number="25-1345", courtlistener=69847836)
CASE = "Abrego Garcia v. Noem"

DISTRICT_ORDER = (
    "ORDER granting 6 Motion for Preliminary Injunction. Defendants are hereby ordered to facilitate and effectuate the return of "
    "Plaintiff Kilmar Armando Abrego Garcia to the United States by no later than 11:59 PM on April 7, 2025."
)


def entry(number: str, words: str, kind: T = T.ORDER, *, docket: Docket = MDD, case: str = CASE, at: datetime = NOW) -> Document:
    key = f"cl:{docket.courtlistener}#entry-{number}"
    title = f"Entry #{number} in {case}"
    return Document(
        key=key,
        source="courts",
        source_kind="docket",
        title=title,
        summary=words,
        published=at,
        type=kind,
        stage=Stage.DESCRIBED,
        primary=True,
        docket=docket,
        case=case,
        number=number,
    )


def article(key: str, title: str, summary: str = "", *, at: datetime = NOW, lang: str = "en") -> Document:
    return Document(key=key, source="press", title=title, summary=summary, published=at, lang=lang)


def register(
    key: str, title: str, kind: T = T.REGISTER_NOTICE, *, summary: str = "", at: datetime = NOW, relates: tuple[str, ...] = ()
) -> Document:
    return Document(
        key=key,
        source="fr",
        source_kind="federal_register",
        title=title,
        summary=summary,
        published=at,
        type=kind,
        primary=True,
        relates=relates,
    )


def placed(*documents: Document, story: str = "", seen_at: datetime = NOW) -> list[Placed]:
    return [Placed(document=document, seen_at=seen_at, story=story) for document in documents]


def stories_of(*documents: Document) -> list[str]:
    """The Story of each, seen when it was published, by number in the order of opening."""
    fresh = [Placed(document=document, seen_at=document.published or NOW) for document in documents]
    return [place.story for place in place(fresh, [])]


REPORTS = (
    article(
        "a1",
        "Judge orders government to return Maryland man deported to El Salvador by mistake",
        "Judge Xinis ruled for Kilmar Abrego Garcia.",
    ),
    article(
        "a2",
        "Judge orders return of Maryland father deported by mistake to El Salvador prison",
        "Kilmar Abrego Garcia must be back by Monday.",
    ),
    article(
        "a3",
        "Maryland man mistakenly deported to El Salvador must be returned, judge orders",
        "Xinis set Monday for Abrego Garcia.",
        at=NOW + DAY / 3,
    ),
    article(
        "a4",
        "Jueza ordena regreso de Kilmar Abrego García, deportado por error a El Salvador",
        "La jueza Xinis dio plazo hasta el lunes en Maryland.",
        lang="es",
    ),
)
ORDERS = ("ORDER granting motion", "ORDER", "OPINION", "ORDER that defendants return Abrego Garcia", "")


def test_an_order_and_the_reports_of_it_are_one_story_whichever_comes_first() -> None:
    order = entry("21", DISTRICT_ORDER)
    assert set(stories_of(order, *REPORTS)) == {"new:1"}
    assert set(stories_of(*REPORTS, order)) == {"new:1"}


def test_a_report_says_why_it_joined() -> None:
    answers = place(placed(entry("21", DISTRICT_ORDER), REPORTS[0]), [])
    assert [each.because for each in answers] == [(), ("names abrego", "tells of this act")]


def test_reports_alone_are_one_story_with_the_words_they_share() -> None:
    first, second = place(placed(*REPORTS[:2]), [])
    assert first.story == second.story == "new:1"
    assert second.because[0].startswith("like its reports (")
    assert "maryland" in second.because[0]


def test_a_story_of_the_window_takes_what_belongs_to_it_and_stays_as_it_is() -> None:
    window = placed(entry("21", DISTRICT_ORDER), story="17")
    [answer] = place(placed(REPORTS[0]), window)
    assert answer.story == "17"
    assert answer.because
    assert [each.story for each in window] == ["17"]


def test_two_orders_of_one_docket_on_one_day_are_two_stories() -> None:
    other = "ORDER denying 22 Motion to Stay pending appeal. Defendants shall return Plaintiff Kilmar Armando Abrego Garcia as ordered."
    assert stories_of(entry("21", DISTRICT_ORDER), entry("23", other)) == ["new:1", "new:2"]


def test_a_second_order_opens_a_story_though_reports_of_the_first_are_like_it() -> None:
    window = placed(entry("21", DISTRICT_ORDER), *REPORTS, story="17")
    later = entry("31", DISTRICT_ORDER.replace("granting 6", "granting 30"), at=NOW + DAY)
    assert [each.story for each in place(placed(later), window)] == ["new:1"]


@given(
    words=st.lists(st.sampled_from(ORDERS), min_size=2, max_size=6),
    hours=st.lists(st.integers(0, 72), min_size=6, max_size=6),
    reports=st.lists(st.sampled_from(REPORTS), max_size=4, unique=True),
)
def test_no_act_of_a_court_is_ever_put_to_another(words: list[str], hours: list[int], reports: list[Document]) -> None:
    acts = [entry(str(10 + i), f"{text} {i}", at=NOW + timedelta(hours=hours[i])) for i, text in enumerate(words)]
    answers = place(placed(*acts, *reports), [])
    assert len({each.story for each in answers[: len(acts)]}) == len(acts)


def test_a_report_goes_to_the_order_it_tells_of() -> None:
    denied = entry("30", "ORDER denying 25 Motion for Discovery of Abrego Garcia.", at=NOW)
    granted = entry("21", DISTRICT_ORDER, at=NOW)
    report = article("a9", "Judge rejects discovery for now in Abrego Garcia case, denies request")
    assert stories_of(granted, denied, report) == ["new:1", "new:2", "new:2"]


def test_a_report_of_a_request_is_not_put_to_the_order_on_it() -> None:
    order = entry("21", "ORDER granting 6 Motion. Abrego Garcia.")
    report = article("a9", "Lawyers for Abrego Garcia seek sanctions")
    assert stories_of(order, report) == ["new:1", "new:2"]


@pytest.mark.parametrize(("gap", "one"), [(-3 * DAY, False), (-DAY / 2, True), (2 * DAY, True), (5 * DAY, False)])
def test_reports_join_an_order_for_some_days(gap: timedelta, one: bool) -> None:
    report = replace(REPORTS[0], published=NOW + gap)
    assert (len(set(stories_of(entry("21", DISTRICT_ORDER), report))) == 1) is one


def test_one_entry_told_by_two_sources_is_one_story() -> None:
    court = replace(entry("51", "Order on Motion to Stay"), key="pacer:mdd:51", summary="[Order on Motion to Stay]")
    assert stories_of(entry("51", DISTRICT_ORDER), court) == ["new:1", "new:1"]
    assert stories_of(entry("51", DISTRICT_ORDER), replace(court, number="51-1")) == ["new:1", "new:1"]
    assert stories_of(entry("51", DISTRICT_ORDER), replace(court, number="52")) == ["new:1", "new:2"]


def test_one_paper_filed_in_joined_dockets_on_one_day_is_one_story() -> None:
    joined = Docket(court="ca4", number="25-1404", courtlistener=69902650)
    words = "PER CURIAM ORDER [1001767] filed denying Motion for stay pending appeal, with concurring opinions."
    same = [entry("8", words, docket=CA4), entry("12", words, docket=joined)]
    assert stories_of(*same) == ["new:1", "new:1"]
    assert stories_of(same[0], replace(same[1], published=NOW + DAY)) == ["new:1", "new:2"]


def test_a_correction_joins_what_it_names_however_old() -> None:
    rule = register("fr:2025-04001", "Third Country Removals; Procedures", T.RULE, at=NOW - 300 * DAY)
    correction = register("fr:C1-2025-04001", "Correction", T.CORRECTION, relates=("fr:2025-04001",))
    [answer] = place(placed(correction), placed(rule, story="3", seen_at=NOW - 300 * DAY))
    assert (answer.story, answer.because) == ("3", ("names fr:2025-04001 as its own",))


def test_register_papers_are_apart_however_alike_unless_they_name_one_order() -> None:
    one = register("fr:1", "Agency Information Collection Activities; Detention Standards; Renewal")
    two = register("fr:2", "Agency Information Collection Activities; Detention Standards; Extension")
    assert stories_of(one, two) == ["new:1", "new:2"]
    order = register("fr:3", "Executive Order 14160 of January 20, 2025, Citizenship", T.EXECUTIVE_ORDER)
    again = register("fr:4", "Executive Order 14160; Citizenship", T.EXECUTIVE_ORDER)
    assert stories_of(order, again) == ["new:1", "new:1"]


def test_an_announcement_with_the_same_title_and_a_report_with_the_number_join_the_register_paper() -> None:
    title = "Invocation of the Alien Enemies Act Regarding the Invasion of the United States by Tren de Aragua"
    announced = article("wh", title, at=NOW - 3 * DAY)
    paper = register("fr:2025-04865", title, T.PROCLAMATION, summary="Proclamation 10903 of March 14, 2025")
    report = article("a1", "What Proclamation 10903 says", at=NOW + DAY)
    assert stories_of(announced, paper, report) == ["new:1", "new:1", "new:1"]


def test_a_register_paper_that_carries_out_an_order_names_its_docket() -> None:
    order = entry("21", DISTRICT_ORDER)
    notice = register(
        "fr:5",
        "Notice of Court Order",
        summary="In Abrego Garcia v. Noem, No. 8:25-cv-00951, the court ordered the return.",
        at=NOW + 3 * DAY,
    )
    assert stories_of(order, notice) == ["new:1", "new:1"]
    assert stories_of(replace(order, type=T.MOTION), notice) == ["new:1", "new:2"]


def test_two_bills_are_two_stories_and_one_bill_is_one() -> None:
    def bill(key: str, number: str) -> Document:
        return Document(
            key=key, source_kind="bill", title=f"{number} - Neighbors Not Enemies Act to repeal the Alien Enemies Act", published=NOW
        )

    assert stories_of(bill("b1", "H.R. 630"), bill("b2", "S. 193")) == ["new:1", "new:2"]
    assert stories_of(bill("b1", "H.R. 630"), bill("b3", "H.R. 630")) == ["new:1", "new:1"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Russian offensive assessment, July 23", "Russian offensive assessment, July 24"),
        ("Five men deported to Eswatini prison are denied lawyers", "Eight men deported to South Sudan held at military base"),
        ("Judge blocks deportation of Maryland man to Uganda", "Judge blocks deportation of Georgia student to Turkey"),
        ("Judge blocks removal of Abrego Garcia to Uganda", "Abrego Garcia may be sent to Uganda, officials say"),
        ("", ""),
        ("Trump", "Trump"),
    ],
)
def test_reports_of_two_happenings_are_two_stories(one: str, two: str) -> None:
    assert len(set(stories_of(article("a", one, "First."), article("b", two, "Second.", at=NOW + DAY)))) == (
        1 if one == two == "Trump" else 2
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Judge blocks transfer of Maryland worker Abrego to Ghana", "Judge allows transfer of Maryland worker Abrego to Ghana"),
        ("Judge blocks transfer of worker Abrego to Ghana", "Judge blocks transfer of worker Abrego to Togo"),
        ("Worker Abrego may face transfer to Ghana", "Judge blocks transfer of worker Abrego to Ghana"),
        ("Judge blocks transfer of worker Abrego to Ghana", "Worker Abrego may face transfer to Ghana"),
    ],
)
def test_no_act_is_put_to_reports_of_its_opposite_of_elsewhere_or_of_none(one: str, two: str) -> None:
    assert stories_of(article("a", one), article("b", two)) == ["new:1", "new:2"]


def test_what_somebody_wants_a_court_to_do_is_no_act() -> None:
    one = article("a", "Rights groups sue to block transfers of migrants to Ghana base")
    two = article("b", "New lawsuit by rights groups challenges migrants' transfers to Ghana base")
    assert stories_of(one, two) == ["new:1", "new:1"]


def test_a_family_name_of_thousands_names_no_case_but_a_docket_does() -> None:
    order = entry("7", "ORDER granting 3 Motion to Stay.", case="Rodriguez v. Smith")
    assert stories_of(order, article("a", "Judge grants stay to singer Rodríguez")) == ["new:1", "new:2"]
    numbered = article("a", "Judge grants stay to Rodríguez", "The case is 8:25-cv-00951.")
    assert stories_of(order, numbered) == ["new:1", "new:1"]


@pytest.mark.parametrize(
    ("title", "summary", "one"),
    [
        ("ROSALES v. CIVIL, Court of Appeals, Second Circuit (1980)", "", True),
        ("Rosales v. Civil", "In Rosales v. Civil, 621 F.2d 1179 (1980), the court asked who consents.", True),
        ("Rosales v. Civil", "The case that everybody cites.", False),
        ("Rosales v. Civil: what it means today (1980)", "", False),
        ("Rosales v. Others (1980)", "", False),
    ],
)
def test_an_undated_page_about_a_decision_names_both_sides_and_the_year(title: str, summary: str, one: bool) -> None:
    decision = Document(
        key="d",
        source_kind="docket",
        title="Pedro Rosales and Ann Velez, Petitioners v. Benjamin Civil, Attorney General",
        published=datetime(1980, 4, 23, tzinfo=UTC),
        primary=True,
    )
    page = replace(article("a", title, summary), published=None)
    assert (len(set(stories_of(decision, page))) == 1) is one


def test_a_join_is_sure_where_the_story_is_told_already_and_unsure_where_it_may_tell_something_new() -> None:
    follow_up = article("a5", "Maryland man deported by mistake calls his family from El Salvador", "Abrego Garcia spoke for a minute.")
    answers = place(placed(*REPORTS[:2], follow_up), [])
    assert [(each.story, each.sure) for each in answers] == [("new:1", True), ("new:1", True), ("new:1", False)]
    elsewhere = [article("a", "Three men flown to Ghana, lawyers say"), article("b", "Three men flown to Togo, lawyers say")]
    assert [(each.story, each.sure) for each in place(placed(*elsewhere), [])] == [("new:1", True), ("new:1", False)]


def test_one_article_of_an_agency_in_two_papers_is_one_story_but_not_weeks_later() -> None:
    title = "Lawyer barred from five men deported by the US to Eswatini prison"
    assert stories_of(article("a", title), article("b", title, at=NOW + DAY)) == ["new:1", "new:1"]
    assert stories_of(article("a", title), article("b", title, at=NOW + 20 * DAY)) == ["new:1", "new:2"]


def test_numerals_and_spanish_words_say_the_same() -> None:
    one = article("a", "Three citizen children deported to Honduras with their mothers")
    two = article("b", "3 niños ciudadanos deportados a Honduras con sus madres", lang="es")
    assert stories_of(one, two) == ["new:1", "new:1"]


MIXED = (
    entry("21", DISTRICT_ORDER),
    *REPORTS,
    entry("23", "ORDER denying 22 Motion to Stay pending appeal.", at=NOW + DAY),
    register("fr:1", "Third Country Removals; Procedures", T.RULE),
    article("b1", "Five men deported to Eswatini prison are denied lawyers", at=NOW + DAY),
    article("b2", "Men deported to Eswatini prison are denied lawyers, five families say", at=NOW + DAY),
)


@given(st.permutations(MIXED))
def test_the_order_of_input_changes_nothing(shuffled: list[Document]) -> None:
    def groups(documents: list[Document]) -> set[frozenset[str]]:
        by: dict[str, set[str]] = {}
        for document, story in zip(documents, stories_of(*documents), strict=True):
            by.setdefault(story, set()).add(document.key)
        return {frozenset(each) for each in by.values()}

    assert groups(shuffled) == groups(list(MIXED))


@given(
    held=st.lists(st.integers(0, len(MIXED) - 1), max_size=12),
    fresh=st.lists(st.integers(0, len(MIXED) - 1), min_size=1, max_size=4),
    dropped=st.sets(st.integers(0, 11)),
)
def test_a_shelf_answers_by_what_it_holds_and_not_by_how_that_came_there(held: list[int], fresh: list[int], dropped: set[int]) -> None:
    documents = [replace(MIXED[index], key=f"{MIXED[index].key} {n}") for n, index in enumerate(held)]
    window = [Placed(document=document, seen_at=NOW + n * DAY / 12, story=str(held[n] % 5)) for n, document in enumerate(documents)]
    new = placed(*(replace(MIXED[index], key=f"fresh {n}") for n, index in enumerate(fresh)))
    shelf = Shelf()
    for mark in reversed(range(len(window))):
        shelf.add(mark, window[mark])
    place(new, shelf)
    left = {mark for mark in range(len(window)) if mark not in dropped}
    assert shelf.keep(left) == set()
    assert len(shelf) == len(left)
    assert place(new, shelf) == place(new, [window[mark] for mark in sorted(left)])
    assert shelf.keep({"other"}) == {"other"}
    assert place(new, shelf) == place(new, [])


def test_new_stories_are_numbered_in_the_order_given_and_all_else_is_kept() -> None:
    fresh = [Placed(document=document, seen_at=NOW, watches=("cecot",)) for document in reversed(MIXED)]
    answers = place(fresh, [])
    assert [replace(each, story="", because=(), sure=True) for each in answers] == fresh
    assert list(dict.fromkeys(each.story for each in answers)) == [f"new:{n + 1}" for n in range(len({each.story for each in answers}))]


def test_one_document_many_times_is_one_story_as_often() -> None:
    assert {each.story for each in place(placed(*[REPORTS[0]] * 5), placed(*[REPORTS[0]] * 2, story="1"))} == {"1"}
    assert {each.story for each in place(placed(*[REPORTS[0]] * 5), [])} == {"new:1"}


def test_nothing_in_nothing_out() -> None:
    assert place([], placed(*MIXED, story="1")) == []


@pytest.mark.parametrize("title", ["x" * 1_000_000, "a b " * 200_000, "\x00\ud800", "🇸🇻" * 1000, "(((((", "Nos. 25-1345, " * 1000])
def test_hostile_words_have_a_story_too(title: str) -> None:
    assert stories_of(article("a", title), article("b", "", title), article("c", title[::-1])).count("") == 0


def test_a_document_without_a_date_is_of_the_day_it_was_seen() -> None:
    undated = replace(REPORTS[1], published=None)
    window = placed(REPORTS[0], story="1")
    assert [each.story for each in place(placed(undated, seen_at=NOW + DAY), window)] == ["1"]
    assert [each.story for each in place(placed(undated, seen_at=NOW + 30 * DAY), window)] == ["new:1"]


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=365), datetime.max.replace(tzinfo=UTC) - NOW])
def test_a_day_to_come_counts_as_the_day_it_was_seen(ahead: timedelta) -> None:
    wrong = replace(REPORTS[1], published=NOW + ahead)
    assert [each.story for each in place(placed(REPORTS[0], wrong), [])] == ["new:1", "new:1"]


def test_a_primary_document_leads_and_else_the_first_seen() -> None:
    order = entry("21", DISTRICT_ORDER)
    assert lead([REPORTS[0], order, REPORTS[1]]) is order
    assert lead(REPORTS) is REPORTS[0]


def test_what_was_filed_in_error_does_not_lead_what_was_filed_again() -> None:
    wrong, again = (
        replace(entry(number, "MOTION to seal", T.MOTION), severity=how)
        for number, how in (("51", Severity.FORMALITY), ("52", Severity.NOTABLE))
    )
    assert lead([wrong, again]) is again
    assert lead([wrong, REPORTS[0]]) is wrong


SECOND = replace(MDD, courtlistener=70000001)  #: one case that CourtListener has twice


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (entry("21", "Order", docket=SECOND), True),
        (entry("21", "Order", docket=SECOND, at=NOW + DAY), False),
        (entry("22", "Order", docket=SECOND), False),
        (entry("21", "Order", docket=replace(SECOND, number="8:25-cv-00952")), False),
        (entry("21", "Order", docket=replace(SECOND, court="mad")), False),
        (entry("22", DISTRICT_ORDER), False),  # two papers of one docket may well read alike: each is told
        (entry("80", DISTRICT_ORDER, docket=CA4), True),
    ],
)
def test_an_entry_of_a_doubled_docket_is_the_same_and_one_of_another_number_is_not(other: Document, same: bool) -> None:
    first = entry("21", DISTRICT_ORDER if other.summary == DISTRICT_ORDER else "Order")
    (placed_there,) = place(placed(other), placed(first, story="1"))
    assert (placed_there.story == "1") is same


PEREZ, LOPEZ = (replace(MDD, courtlistener=number, number=f"1:26-cv-0{number}") for number in (1001, 1002))
SHOW_CAUSE = "ORDER TO SHOW CAUSE. Signed by Judge Ellen L. Hollander on 6/1/2026. (lmys, Deputy Clerk)"


def test_what_clerks_write_in_the_same_words_is_an_order_in_each_case() -> None:
    perez, lopez = (entry("5", SHOW_CAUSE, docket=docket, case=f"{name} v. Noem") for docket, name in ((PEREZ, "Perez"), (LOPEZ, "Lopez")))
    assert stories_of(perez, lopez) == ["new:1", "new:2"]
    both = "ORDER (in associated cases 1:26-cv-01001, 1:26-cv-01002) to produce the petitioners by noon."
    assert stories_of(replace(perez, summary=both), replace(lopez, summary=both)) == ["new:1", "new:1"]
    assert stories_of(replace(perez, number="", key="cl:1001#minute-1"), replace(perez, number="", key="cl:1001#minute-2")) == [
        "new:1",
        "new:2",
    ]


def test_a_second_act_joins_no_story_by_what_else_is_in_it() -> None:
    order = entry("21", DISTRICT_ORDER)
    notice = register("fr:5", "Notice of Court Order", summary="In Abrego Garcia v. Noem, No. 8:25-cv-00951, the court ordered the return.")
    contempt = entry("81", "ORDER finding probable cause for criminal contempt", at=NOW + DAY)
    assert stories_of(order, notice, contempt) == ["new:1", "new:1", "new:2"]


def test_what_names_an_order_is_no_copy_of_it() -> None:
    order = register("fr:3", "Executive Order 14160 of January 20, 2025, Citizenship", T.EXECUTIVE_ORDER)
    rule = register("fr:4", "Implementation of Executive Order 14160; Interim Final Rule", T.RULE)
    amended = register("fr:5", "Amendment to Executive Order 14160", T.EXECUTIVE_ORDER)
    answers = place(placed(order, rule, amended), ())
    assert [(each.story, each.sure) for each in answers] == [("new:1", True), ("new:1", False), ("new:2", True)]


def test_no_report_is_of_a_paper_about_time_or_lawyers_nor_a_higher_courts_of_a_lower_ones() -> None:
    housekeeping = entry("41", "ORDER granting 40 Consent Motion for Extension of Time")
    release = article("a1", "Judge grants Abrego Garcia release from Tennessee jail in smuggling case", at=NOW + timedelta(hours=2))
    assert stories_of(housekeeping, release) == ["new:1", "new:2"]
    formality = replace(entry("42", "MOTION to appear pro hac vice", T.MOTION), severity=Severity.FORMALITY)
    asks = article("a2", "Abrego Garcia asks court to stop removal to Liberia", at=NOW + timedelta(hours=2))
    assert stories_of(formality, asks) == ["new:1", "new:2"]
    order = entry("43", "ORDER granting 6 Motion to compel the return of the plaintiff, Extension of Time denied")
    higher = article("a3", "Appeals court allows government to deport Abrego Garcia", at=NOW + timedelta(hours=2))
    assert stories_of(order, higher) == ["new:1", "new:2"]
    both = article("a4", "Judge orders return of Abrego Garcia after Supreme Court ruling", at=NOW + timedelta(hours=2))
    assert stories_of(order, both) == ["new:1", "new:1"]


@pytest.mark.parametrize(
    ("title", "sure"),
    [
        ("Judge grants return of Abrego Garcia", True),
        ("Judge orders the return of Abrego Garcia, a ruling says", True),
        ("Judge grants Abrego Garcia return from Liberia, then blocks it", False),
        ("Judge allows Abrego Garcia to be sent to Liberia", False),
    ],
)
def test_a_report_of_a_paper_that_tells_of_another_act_or_country_is_not_sure(title: str, sure: bool) -> None:
    order = entry("43", "ORDER granting 6 Motion to compel the return of the plaintiff")
    (there,) = place(placed(article("a1", title, at=NOW + timedelta(hours=2))), placed(order, story="1"))
    assert (there.story, there.sure) == ("1", sure)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Judge blocks deportation of Guatemalan children", "Second judge blocks deportation of Guatemalan children"),
        ("US deports five men to Eswatini", "US deports 10 more men to Eswatini"),
        ("Deportation flight to Eswatini planned", "Deportation flight lands in Eswatini"),
        ("Juez frena deportación de niños guatemaltecos", "Otro juez frena deportación de niños guatemaltecos"),
    ],
)
def test_one_more_of_what_was_told_is_not_surely_the_same(first: str, then: str) -> None:
    (there,) = place(placed(article("a2", then, at=NOW + timedelta(hours=5))), placed(article("a1", first), story="1"))
    assert there.story != "1" or not there.sure
    (again,) = place(placed(article("a3", first, at=NOW + timedelta(hours=5))), placed(article("a1", first), story="1"))
    assert (again.story, again.sure) == ("1", True)
