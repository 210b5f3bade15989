"""What a paper is called in a few words, for pages and Letters alike."""

from watcher.models import DocumentType, Stage

_STAGES = {
    Stage.INSPECTION: "on public inspection",
    Stage.SPECIAL: "special filing, on public inspection",
    Stage.CORRECTED: "corrected",
    Stage.WITHDRAWN: "withdrawn",
    Stage.SEALED: "sealed",
    Stage.REMOVED: "removed",
}


def label(type_: DocumentType, stage: Stage) -> str:
    """`executive order, on public inspection`; the stage is left out where it says nothing."""
    kind = type_.value.replace("-", " ").removeprefix("register ")
    return f"{kind}, {_STAGES[stage]}" if stage in _STAGES else kind
