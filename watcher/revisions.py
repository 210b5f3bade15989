"""What a new or changed Document does to its Story: nothing, an update in place, or a revision that those who follow it hear of.

Loud is what takes back or overturns what was told; quiet is what completes it. The table of cases is in `docs/reference/lifecycle.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from watcher import courts, rulings
from watcher.hearings import same_name
from watcher.models import Deadline, Document, DocumentType, Severity, Stage, Story
from watcher.substance import is_amended, is_marked

#: what a court or the President does; the rest asks, tells or lists
ACTS = frozenset({DocumentType.ORDER, DocumentType.OPINION, DocumentType.JUDGMENT, DocumentType.EXECUTIVE_ORDER, DocumentType.PROCLAMATION})
SIGNED = frozenset({DocumentType.EXECUTIVE_ORDER, DocumentType.PROCLAMATION})
NOW = {
    DocumentType.ORDER: "now an order",
    DocumentType.OPINION: "now an opinion",
    DocumentType.JUDGMENT: "now a judgment",
    DocumentType.EXECUTIVE_ORDER: "now the executive order itself",
    DocumentType.PROCLAMATION: "now the proclamation itself",
    DocumentType.MINUTE: "now with a ruling",
}
_TAKEN_BACK = {
    Stage.CORRECTED: "corrected",
    Stage.WITHDRAWN: "withdrawn",
    Stage.REMOVED: "removed from the docket",
}
_ON_INSPECTION = frozenset({Stage.INSPECTION, Stage.SPECIAL})
_RECORDS = frozenset({DocumentType.ORDER, DocumentType.OPINION, DocumentType.JUDGMENT, DocumentType.MINUTE})  #: what tells what a court did
_CLOSED = frozenset({Stage.SEALED, Stage.REMOVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a Document does to its Story, worth a revision."""

    change: str  #: what a reader is told changed: `now an order`; "" where it is news to those alone who were told nothing yet
    loud: bool  #: those told before hear of it anew; else what they have is edited in place
    new_watches: tuple[str, ...] = ()


def revise(
    story: Story, before: Document | None, after: Document, watches: Sequence[str], *, beside: Sequence[Document] = (), sure: bool = True
) -> Change | None:
    """Say what a new or changed Document does to its Story; None: it is updated in place, and nobody hears of it.

    Loud, so that those told before hear of it: a paper corrected, withdrawn, sealed, removed or unsealed; one of a court that now tells
    another act, or sets another day or hour; a paper that turns out to be an order (or opinion, judgment, executive order, proclamation),
    or the record of a hearing with a ruling, or an act that joins a Story that had none. Quiet, so that what they have
    is edited: a stub that now has words, be it that they were closed from the start; the clerk's mark that it was filed in error; a listing
    that is published, becomes a special filing or gets another day; the register's copy of what was signed; the first primary paper of a
    Story of news that is no act. New Watches are news to those of their followers who were told nothing; so are all of them where the
    Story was a formality. A better text, a further report that says the same, the paper itself to read change nothing.

    Args:
        before: the Document's previous version; None where it newly joined the Story.
        watches: all that the Document matches now.
        beside: the Story's other papers. A correction says once what it corrects, and the paper says it too: whichever comes first is told.
        sure: whether a report that joins is plainly of what the Story tells (`models.Placed`).
    """
    new_watches = tuple(watch for watch in dict.fromkeys(watches) if watch not in story.watches)
    change = _joined(story, after, sure=sure) if before is None else _changed(before, after)
    if change is not None and change.change == _TAKEN_BACK[Stage.CORRECTED] and any(_says_so(after, other) for other in beside):
        change = None
    if change is not None:
        return replace(change, new_watches=new_watches)
    if story.severity is Severity.FORMALITY and after.severity > Severity.FORMALITY:
        new_watches = (*story.watches, *new_watches)
    elif after.severity is Severity.URGENT > story.severity:
        return Change(change="now more urgent", loud=True, new_watches=new_watches)
    return Change(change="", loud=False, new_watches=new_watches) if new_watches else None


def stays_untold(before: Document, after: Document) -> bool:
    """Whether a change of a paper that nobody was to be told of (its source's first fetch found it) is news to nobody either.

    So it is with a court's paper: there is no message to mend, and no reader to correct. But that it turns out to be an act is news by
    itself, and a paper of the register that goes on to its next stage is told by whoever finds it there.
    """
    return before.docket is not None and not _turns_out(before, after)


def _turns_out(before: Document, after: Document) -> str:
    """What a reader is told where a paper is an act now, and was none as far as one could see; "" where it is not so."""
    if after.type in ACTS and before.type not in ACTS:
        return NOW[after.type]
    return NOW[DocumentType.MINUTE] if _has_ruling(after) and before.type not in ACTS and not rulings.rules(before.summary) else ""


def _has_ruling(paper: Document) -> bool:
    """Whether it is the record of a hearing, at which something was ruled."""
    return paper.docket is not None and paper.type is DocumentType.MINUTE and rulings.rules(paper.summary)


def _joined(story: Story, paper: Document, *, sure: bool) -> Change | None:
    if paper.stage in _TAKEN_BACK:
        return Change(change=_TAKEN_BACK[paper.stage], loud=True)
    if paper.type is DocumentType.CORRECTION:
        return Change(change="corrected", loud=True)
    if paper.primary and paper.type in ACTS and story.type not in ACTS:
        return Change(change=NOW[paper.type], loud=True)
    if paper.primary and story.type is DocumentType.ARTICLE:
        return Change(change="now with the paper itself", loud=not sure)
    if paper.type in SIGNED and paper.type is story.type and paper.source_kind == "federal_register" and not story.lead.startswith("fr:"):
        return Change(change="listed by the Federal Register", loud=False)
    if paper.primary and not sure:
        return Change(change="a further paper", loud=True)
    if not sure and paper.severity > Severity.FORMALITY:
        return Change(change="a further report", loud=paper.severity is Severity.URGENT)
    return None


def is_correction(before: Document | None, after: Document) -> bool:
    """Whether a paper may say of another one, or have said of it, that it is corrected: then its Story's papers are to be looked at."""
    return after.type is DocumentType.CORRECTION if before is None else after.stage is Stage.CORRECTED is not before.stage


def _says_so(paper: Document, other: Document) -> bool:
    """Whether of a correction and the paper that it corrects the other one said so already."""
    if other.type is DocumentType.CORRECTION:
        return paper.type is not DocumentType.CORRECTION and (_names(other, paper) or _names(paper, other))
    return other.stage is Stage.CORRECTED and _names(other, paper)


def _names(one: Document, other: Document) -> bool:
    return not {other.key, *other.keys}.isdisjoint(one.relates)


def _changed(before: Document, after: Document) -> Change | None:
    return _taken_back(before, after) or _completed(before, after)


def _taken_back(before: Document, after: Document) -> Change | None:
    """What those who were told must hear of."""
    if after.stage is not before.stage:
        if after.stage in _TAKEN_BACK:
            return Change(change=_TAKEN_BACK[after.stage], loud=True)
        if after.stage is Stage.SEALED and not _is_stub(before):
            return Change(change="sealed", loud=True)
        if before.stage in _CLOSED and after.type is not DocumentType.SEALED:
            return Change(change="open again", loud=True)
    if now := _turns_out(before, after):
        return Change(change=now, loud=True)
    if after.type in ACTS and is_marked(after.summary) and not is_marked(before.summary):
        return Change(change="filed in error", loud=True)
    amended = after.type in ACTS and after.docket is not None and is_amended(after.summary) and not is_amended(before.summary)
    if (amended and not _is_stub(before)) or _is_another_act(before, after):
        return Change(change="corrected", loud=True)
    return Change(change="dates changed", loud=True) if before.docket is not None and _sets_anew(before, after) else None


def _is_another_act(before: Document, after: Document) -> bool:
    """Whether a paper of a court that told one act tells another one, or its contrary, or is no act any more."""
    if before.docket is None or before.type not in _RECORDS:
        return False
    if after.type in _RECORDS:
        return rulings.is_another(before.summary, after.summary)
    bare = _is_stub(before) or courts.is_bare(after.summary)
    return before.type in ACTS and after.type is not DocumentType.SEALED and not bare


def _sets_anew(before: Document, after: Document) -> bool:
    """Whether a hearing or a term of a docket's entry is on another day or at another hour than the same entry said, or is off."""
    if _lifts_anew(before, after):
        return True
    if not after.deadlines and not after.off:
        return False
    gone = [one for one in before.deadlines if not any(_is_still(one, other) for other in after.deadlines)]
    new = [one for one in after.deadlines if not any(_is_still(other, one) for other in before.deadlines)]
    off = any(one.on == other.on and same_name(one.label, other.label) for one in gone for other in after.off)
    return off or any(same_name(one.label, other.label) for one in gone for other in new)


def _lifts_anew(before: Document, after: Document) -> bool:
    """Whether an entry that had words now lifts days without naming them, and did not: all that is due, a hearing, an order."""
    told = bool(before.summary) and not _is_stub(before) and not courts.is_bare(before.summary)
    return told and any(not any(same_name(stay.of, known.of) for known in before.stays) for stay in after.stays)


def _is_still(one: Deadline, other: Deadline) -> bool:
    """Whether a day stands as it was; that it gets an hour, or that the hour is left out, moves nothing."""
    return one.on == other.on and (one.time is None or other.time is None or one.time == other.time) and same_name(one.label, other.label)


def _completed(before: Document, after: Document) -> Change | None:
    """What makes a message say more than it did."""
    if before.docket is not None:
        if is_marked(after.summary) and not is_marked(before.summary) and after.type not in ACTS:
            return Change(change="filed in error", loud=False)
        return Change(change="described", loud=False) if _is_filled(before, after) else None
    if before.stage in _ON_INSPECTION and after.stage is Stage.PUBLISHED:
        return Change(change="published", loud=False)
    if (before.stage, after.stage) == (Stage.INSPECTION, Stage.SPECIAL):
        return Change(change="now a special filing", loud=False)
    return Change(change="dates changed", loud=False) if before.stage is after.stage and _moved(before, after) else None


def _is_stub(entry: Document) -> bool:
    """Whether an entry has no words of its own; its paper may be there before them, and the clerk's words before it are never short."""
    return entry.stage in (Stage.STUB, Stage.AVAILABLE, Stage.SEALED) and entry.docket is not None and courts.is_bare(entry.summary)


def _is_filled(before: Document, after: Document) -> bool:
    if (before.stage, after.stage) == (Stage.STUB, Stage.DESCRIBED):
        return True
    return _is_stub(before) and bool(after.summary) and (not before.summary or not courts.is_bare(after.summary))


def _moved(before: Document, after: Document) -> bool:
    """Whether a day that a register paper named is another one now."""
    then, now = _days(before), _days(after)
    return any(now[label] != then[label] for label in then.keys() & now.keys())


def _days(paper: Document) -> dict[str, date]:
    return {deadline.label: deadline.on for deadline in paper.deadlines} if paper.source_kind == "federal_register" else {}
