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
_KINDS = {
    DocumentType.OTHER: "docket entry",
    DocumentType.MINUTE: "minute entry",
    DocumentType.SEALED: "sealed paper",
    DocumentType.PRESIDENTIAL: "presidential document",
    DocumentType.REGISTER_NOTICE: "notice",
}  #: those whose own name says too little


def label(type_: DocumentType, stage: Stage) -> str:
    """`executive order, on public inspection`; the stage is left out where it says nothing."""
    kind = _KINDS.get(type_) or type_.value.replace("-", " ")
    told = type_ is DocumentType.SEALED and stage is Stage.SEALED
    return f"{kind}, {_STAGES[stage]}" if stage in _STAGES and not told else kind
