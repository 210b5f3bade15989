"""What a new or changed Document does to its Story: nothing, an update in place, or a revision that those who follow it hear of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watcher.models import Document, DocumentType, Stage, Story

#: what a court or the President does; the rest asks, tells or lists
ACTS = frozenset({DocumentType.ORDER, DocumentType.OPINION, DocumentType.JUDGMENT, DocumentType.EXECUTIVE_ORDER, DocumentType.PROCLAMATION})
_NOW = {
    DocumentType.ORDER: "now an order",
    DocumentType.OPINION: "now an opinion",
    DocumentType.JUDGMENT: "now a judgment",
    DocumentType.EXECUTIVE_ORDER: "now the executive order itself",
    DocumentType.PROCLAMATION: "now the proclamation itself",
}
_LOUD_STAGES = {
    Stage.CORRECTED: "corrected",
    Stage.WITHDRAWN: "withdrawn",
    Stage.SEALED: "sealed",
    Stage.REMOVED: "removed from the docket",
}
_QUIET_STAGES = {
    (Stage.STUB, Stage.DESCRIBED): "described",
    (Stage.STUB, Stage.AVAILABLE): "described",
    (Stage.INSPECTION, Stage.PUBLISHED): "published",
    (Stage.SPECIAL, Stage.PUBLISHED): "published",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a Document does to its Story, worth a revision."""

    change: str  #: what a reader is told changed: `now an order`; "" where only Watches are new
    loud: bool  #: those told before hear of it anew; else what they have is edited in place
    new_watches: tuple[str, ...] = ()


def revise(story: Story, before: Document | None, after: Document, watches: Sequence[str]) -> Change | None:
    """Say what a new or changed Document does to its Story; None: it is updated in place, and nobody hears of it.

    Loud, so that those told before hear of it: a paper corrected, withdrawn, sealed, removed or unsealed; a paper that turns out to be
    an order (or opinion, judgment, executive order, proclamation) where there was a stub; such an act joining a Story that had none. Quiet,
    so that what they have is edited: a stub that now has words, a listing that is now published, the first primary paper of a Story of
    news that is no act. New Watches raise the revision by themselves; only their followers are told. A better text, a further report,
    an available PDF change nothing.

    Args:
        before: the Document's previous version; None where it newly joined the Story.
        watches: all that the Document matches now.
    """
    new_watches = tuple(watch for watch in dict.fromkeys(watches) if watch not in story.watches)
    change = _joined(story, after) if before is None else _changed(before, after)
    if change is not None:
        return replace(change, new_watches=new_watches)
    return Change(change="", loud=False, new_watches=new_watches) if new_watches else None


def _joined(story: Story, paper: Document) -> Change | None:
    if paper.stage in _LOUD_STAGES:
        return Change(change=_LOUD_STAGES[paper.stage], loud=True)
    if paper.type is DocumentType.CORRECTION:
        return Change(change=_LOUD_STAGES[Stage.CORRECTED], loud=True)
    if paper.primary and paper.type in ACTS and story.type not in ACTS:
        return Change(change=_NOW[paper.type], loud=True)
    if paper.primary and story.type is DocumentType.ARTICLE:
        return Change(change="now with the paper itself", loud=False)
    return None


def _changed(before: Document, after: Document) -> Change | None:
    if after.stage is not before.stage and after.stage in _LOUD_STAGES:
        return Change(change=_LOUD_STAGES[after.stage], loud=True)
    if before.stage in (Stage.SEALED, Stage.REMOVED) and after.stage is not before.stage:
        return Change(change="open again", loud=True)
    if after.type in ACTS and before.type not in ACTS:
        return Change(change=_NOW[after.type], loud=True)
    quiet = _QUIET_STAGES.get((before.stage, after.stage))
    return Change(change=quiet, loud=False) if quiet else None
