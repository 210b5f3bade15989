"""Whether two papers are one, whether a report is of a paper, and whether a report tells what the reports of a Story tell; and why.

Titles alone differ too much between papers, bodies alone agree too much: everything here speaks of judges and prisons. So it is how much
of each title the other report tells, its words weighed by how rare they are, with the names and quotations that both have, less with each
day between. A report of what a court did and one that tells of no act of a court are not one happening.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from watcher import numbers
from watcher.acts import OPPOSITE
from watcher.models import Docket
from watcher.papers import BILL, COURT, FAMILY_NAMES, LONG_ENOUGH, REGISTER, Paper
from watcher.revisions import ACTS, SIGNED
from watcher.storywords import TOPICS, spelt, stems_of, weight

ALIKE = 0.36  #: likeness to the nearest report of a Story from which one more joins; see `likeness`
NOT_FAR = 0.25  #: and to all its reports in the mean, so that a Story does not drift from day to day
SURE = 0.62  #: mean likeness from which one more report tells nothing new
PLAINLY = 0.5  #: share of a report's title that a court's paper tells, from which the report tells nothing else
TOLD = 0.3  #: share of the better told title, of two reports, without which they are not like each other at all
LESS, MORE, NAMES, QUOTES = 0.4, 0.6, 0.2, 0.1  #: what the worse and the better told title, names and quotations make of a likeness
FADING = 0.04  #: likeness lost with each day between two reports
MANY_NAMES, MANY_QUOTED = 5, 3  #: so many rare names, so many quoted words shared count in full
SPAN_DAYS = 4.0  #: longest silence within a Story of reports
COURT_SPAN = timedelta(days=3)  #: time after a court's paper in which reports of it join
COURT_LAG = timedelta(days=1)  #: and before it: papers are dated by their entry
SAME_TITLE = 0.8  #: share of each other's title from which an announcement and a register paper are one
REGISTER_SPAN = timedelta(days=7)  #: an order is signed, listed, published and reported within a week
SHOWN = 5  #: words of a tie that are named


class Tie(NamedTuple):
    """Why a paper belongs to a Story."""

    score: float  #: above 1.0 what names it, else how like it is; the best one wins
    because: tuple[str, ...]  #: for people
    sure: bool = True  #: False: it may have something new to tell
    closest: Paper | None = None  #: the report that it is most like, where likeness is why


# ---- one publication


def same_publication(paper: Paper, other: Paper) -> str:
    """Why two papers are one publication told twice; "" where they are not."""
    one, two = paper.document, other.document
    if set(one.relates) & {two.key, *two.keys} or set(two.relates) & {one.key, *one.keys}:
        return f"names {two.key} as its own" if one.relates else f"is named by {two.key}"
    kinds = {paper.kind, other.kind}
    if kinds == {COURT}:
        return _same_entry(paper, other)
    if kinds == {REGISTER} and (orders := paper.orders & other.orders):
        return f"both name {min(orders)}"
    if kinds == {BILL} and paper.title_stems == other.title_stems and (shared := paper.numbers & other.numbers):
        return f"both are {min(shared)}"
    if kinds == {COURT, REGISTER} and (shared := paper.dockets & other.dockets) and abs(paper.after(other)) <= REGISTER_SPAN:
        act = one if paper.kind == COURT else two
        return f"both name {min(shared)}" if act.type in ACTS else ""
    return ""


def is_copy(paper: Paper, other: Paper) -> bool:
    """Whether of two papers that are tied as one publication neither tells what the other does not: a rule that carries out an order,
    or an amendment of it, names the order as its copy does.
    """
    if REGISTER not in {paper.kind, other.kind}:
        return True
    signed = paper.document.type in SIGNED and paper.document.type is other.document.type
    less, more = sorted((paper.title_stems, other.title_stems), key=len)
    return signed and paper.orders == other.orders and less <= more


def _same_entry(paper: Paper, other: Paper) -> str:
    """Why two papers of courts are one paper; "" where they are two, even of one docket and day."""
    one, two = paper.document, other.document
    if one.docket is None or two.docket is None:
        return "the same decision" if one.docket is two.docket and _same_decision(paper, other) else ""
    one_day = paper.dated.date() == other.dated.date()
    own = numbers.same_docket(one.docket, two.docket) or (one_day and _is_doubled(one.docket, two.docket))
    if own and paper.entry and other.entry:
        return f"entry {paper.entry} of the same docket" if paper.entry == other.entry else ""
    if len(one.summary) >= LONG_ENOUGH and one.summary == two.summary and one_day and _filed_in_both(paper, other):
        return f"the same paper in docket {two.docket.number}"
    return ""


def _filed_in_both(paper: Paper, other: Paper) -> bool:
    """Whether two papers of the same words are one that was filed in both dockets: clerks write many orders with the same words."""
    one, two = paper.document.docket, other.document.docket
    if one is None or two is None or numbers.same_docket(one, two):
        return False  # twice in one docket it is two papers
    says_so = _ASSOCIATED.search(paper.document.summary) or _is_doubled(one, two) or (paper.dockets & other.dockets)
    return bool(says_so) or bool((paper.parties & other.parties) - FAMILY_NAMES)


_ASSOCIATED = re.compile(r"\b(?:associated|related|member|lead|all) cases?\b", re.IGNORECASE)


def _is_doubled(one: Docket, two: Docket) -> bool:
    """Whether one case has two dockets at CourtListener, which are told apart by their ids alone."""
    return numbers.same_docket(replace(one, courtlistener=None), replace(two, courtlistener=None))


def _same_decision(paper: Paper, other: Paper) -> bool:
    """Whether two papers that come from no docket we poll are one decision: one day, one case, and no number that says otherwise."""
    less, more = sorted((paper.parties, other.parties), key=len)
    numbered = paper.numbers and other.numbers and not paper.numbers & other.numbers
    return bool(less) and less <= more and paper.dated.date() == other.dated.date() and not numbered


# ---- a report of a paper


def report_of(report: Paper, paper: Paper) -> Tie | None:
    """Whether a report is of this primary paper, and how surely."""
    if paper.kind != COURT:
        return _report_of_register(report, paper)
    if paper.is_formal or paper.is_housekeeping or _of_another_court(report, paper):
        return None
    if cases := [key for key in report.named & paper.named if key.startswith("case ")]:
        return Tie(1.5, (f"is about {' v. '.join(min(cases).split()[2:])} of {paper.dated.year}",))
    gap = report.after(paper)
    if not -COURT_LAG <= gap <= COURT_SPAN:
        return None
    named = _case_named(report, paper)
    if not named or not _tells_of(report, paper):
        return None
    told = _share_in(report.title, paper.words | stems_of(paper.parties))
    return Tie(1.2 - abs(gap) / COURT_SPAN / 2 + 0.3 * told, (f"names {min(named)}", "tells of this act"), told >= PLAINLY)


def _of_another_court(report: Paper, paper: Paper) -> bool:
    """Whether a report names a higher court and no judge, and the paper is of no such court."""
    court = paper.document.docket.court if paper.document.docket is not None else ""
    if not court or not report.courts or "judge" in report.courts:
        return False
    return ("supreme" if court == "scotus" else "appeals" if court.startswith("ca") else "judge") not in report.courts


def tells_besides(report: Paper, paper: Paper) -> bool:
    """Whether a report of a paper tells of an act that the paper is not, or of a country that it does not name."""
    return bool(report.acts - paper.done - {"decide"}) or not report.places <= paper.words


def _case_named(report: Paper, paper: Paper) -> frozenset[str]:
    """What a report says of the case of a paper: its number, or words of its parties, but no family name that thousands have alone."""
    parties = report.parties & paper.parties
    return parties if parties - FAMILY_NAMES or len(parties) > 1 else report.dockets & paper.dockets


def _report_of_register(report: Paper, paper: Paper) -> Tie | None:
    if abs(report.day - paper.day) > REGISTER_SPAN / timedelta(days=1):
        return None
    cited = report.numbers & paper.numbers
    if cited and (cited := cited - _statutes(cited)):
        return Tie(2.0, (f"names {min(cited)}",))
    both = report.title_stems & paper.title_stems
    if len(paper.title) < 4 or 2 * len(both) < len(paper.title):
        return None
    same = min(_share_in(report.title, both), _share_in(paper.title, both))
    return Tie(1.0 + same, ("the same title",)) if same >= SAME_TITLE else None


def _statutes(cited: frozenset[str]) -> frozenset[str]:
    """Citations that many papers share: codes and public laws name no happening."""
    return frozenset(number for number in cited if number.startswith(("usc ", "cfr ", "public-law ")))


def _tells_of(report: Paper, paper: Paper) -> bool:
    bare = paper.document.type in ACTS and not paper.done - {"demand"}  # `ORDER`, and no more: any act of a court may be it
    ruled = paper.document.type in ACTS and "decide" in report.done  # whatever a court does it decides
    return bool(report.done & paper.done) or ruled or (bare and bool(report.done - {"ask"}))


# ---- reports of one happening


class Reports(NamedTuple):
    """The reports of one Story, at least one, and what they say together."""

    papers: Sequence[Paper]
    told: frozenset[str]  #: acts of a court, by title or what follows it
    places: frozenset[str]  #: countries and the like, by title
    acting: int  #: how many titles tell of an act
    further: frozenset[str]  #: words of their titles that tell of one more of something
    figures: frozenset[str]  #: of their titles


def reports_of(papers: Sequence[Paper]) -> Reports:
    told = frozenset[str]().union(*(paper.told for paper in papers))
    places = frozenset[str]().union(*(paper.places for paper in papers))
    further = frozenset[str]().union(*(paper.further for paper in papers))
    figures = frozenset[str]().union(*(paper.figures for paper in papers))
    return Reports(papers, told, places, sum(bool(paper.acts) for paper in papers), further, figures)


def alike(paper: Paper, story: Reports, likes: Sequence[float] = ()) -> Tie | None:
    """Whether a report tells of what these tell of: it must be near to one of them and not far from all, and tell of a court what they do.

    Args:
        likes: its likeness to each of them, where it is known.
    """
    reports = story.papers
    if min(abs(paper.day - other.day) for other in reports) > SPAN_DAYS or not _same_acts(paper, story):
        return None
    scores = likes or [likeness(paper, other) for other in reports]
    nearest, mean = max(scores), sum(scores) / len(scores)
    if nearest < ALIKE or mean < NOT_FAR:
        return None
    closest = reports[scores.index(nearest)]
    if _same_topic_alone(paper, closest):
        return None
    sure = mean >= SURE and not _tells_otherwise(paper, story)
    return Tie((nearest + mean) / 2, (f"like its reports ({nearest:.2f}, all {mean:.2f})",), sure, closest)


def _same_topic_alone(one: Paper, two: Paper) -> bool:
    """Whether what each title has of the other report says of which topic they are (`CECOT`, `prison`), and nothing of what happened."""
    both = (one.title_stems & two.words) | (two.title_stems & one.words)
    return both <= TOPICS and one.title_stems != two.title_stems


def explained(paper: Paper, tie: Tie) -> tuple[str, ...]:
    """Why a paper belongs to a Story, for people; with the words that it shares, which only the tie that is chosen needs."""
    return tie.because if tie.closest is None else (f"{tie.because[0]}: {', '.join(_words(paper, tie.closest))}",)


def _same_acts(paper: Paper, story: Reports) -> bool:
    """Whether they agree on what a court has done: an act in a title is never put to reports of none, nor of its opposite, nor of other
    countries; and what tells of no act anywhere is not put to a Story of one."""
    if not paper.acts:
        return bool(paper.told) or 2 * story.acting <= len(story.papers)
    opposed = paper.acts & OPPOSITE and story.told & OPPOSITE and not paper.acts & story.told & OPPOSITE
    return bool(story.told) and not opposed and not _elsewhere(paper, story)


def _elsewhere(paper: Paper, story: Reports) -> bool:
    """Whether the titles speak of countries, and none of the same."""
    return bool(paper.places and story.places and not paper.places & story.places)


def _tells_otherwise(paper: Paper, story: Reports) -> bool:
    """Whether the title tells of an act of a court of which no other tells, of other countries, of one more of what they tell (`second`,
    `again`, `lands`), or of other figures."""
    figures = bool(paper.figures and story.figures) and not paper.figures <= story.figures
    return bool(paper.acts - story.told) or _elsewhere(paper, story) or bool(paper.further - story.further) or figures


def likeness(one: Paper, two: Paper) -> float:
    """How much two reports tell of one happening: 0.0 not at all, above 1.0 the same article.

    Mostly the share of each title that the other tells of (the better told title counts more), then how many rare names and quoted words
    they share; less for each day between them. Titles that differ in their digits alone are a series.
    """
    if is_series(one, two):
        return 0.0
    first, second = _share_in(one.title, two.words), _share_in(two.title, one.words)
    less, more = (first, second) if first <= second else (second, first)
    if more < TOLD:
        return 0.0
    return max(0.0, LESS * less + MORE * more - FADING * abs(one.day - two.day) + shared(one, two))


def is_series(one: Paper, two: Paper) -> bool:
    """Whether the titles differ in their digits alone."""
    return one.template == two.template and one.document.title != two.document.title


def shared(one: Paper, two: Paper) -> float:
    """What the rare names and quoted words that two reports share add to their likeness."""
    names = min(len(one.names & two.names), MANY_NAMES) / MANY_NAMES
    quotes = min(len(one.quotes & two.quotes), MANY_QUOTED) / MANY_QUOTED
    return NAMES * names + QUOTES * quotes


def _share_in(title: tuple[tuple[str, float], ...], words: frozenset[str]) -> float:
    told = 0.0
    for stem, share in title:
        if stem in words:
            told += share
    return told


def first_said(title: tuple[tuple[str, float], ...], part: float) -> list[str]:
    """The weightiest stems of a title that make up more than a part of it: what holds all the rest holds one of them."""
    said, first = 0.0, []
    for stem, share in sorted(title, key=lambda each: (-each[1], each[0])):
        if said > part:
            break
        first.append(stem)
        said += share
    return first


def _words(paper: Paper, other: Paper) -> list[str]:
    """The words that say most of what two papers share, as the first spells them."""
    both = paper.words & other.words
    best = sorted(both, key=lambda stem: (-weight(stem) * (1 + (stem in paper.title_stems)), stem))[:SHOWN]
    document = paper.document
    words = spelt(f"{document.title}\n{document.summary}", frozenset(best))
    return [words.get(stem, stem) for stem in best]
