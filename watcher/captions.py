"""Names of cases, compared as people mean them: `Kilmar Abrego Garcia v. Kristi Noem` is `Noem v. Abrego Garcia`.

Who holds an office changes, and the name of a suit against him with it (Federal Rule of Civil Procedure 25(d)); courts below and above
turn the sides around, write first names or leave them out. So one side that is a person of her own must be the same, and the other
too, unless it is an office or who holds one. That two names are one case's is never certain: many have the same name.
"""

import re

from watcher.folding import fold

_VERSUS = re.compile(r"\s+(?:v|vs|versus)\.?\s+", re.IGNORECASE)
_ROLE = re.compile(
    r",?\s+(?:et\sal\b\.?|in\s(?:his|her|their)\s(?:official|individual)\b.*|and\sothers\b.*)"
    r"|,\s*(?:secretary|attorney\sgeneral|president|director|acting|commissioner|warden|administrator|applicants?|petitioners?|respondents?|"
    r"appell\w+|plaintiffs?|defendants?)\b.*",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.\s?){2,}")
_WORD = re.compile(r"[a-z0-9]+")
_NO_NAME = "the of and a an et al re in ex parte rel jr sr ii iii mr mrs ms dr inc llc co corp ltd"
_ANYBODY = "doe does roe poe john jane unknown anonymous plaintiff plaintiffs petitioner petitioners state states people city county"
_OFFICE = """
    secretary attorney general president director commissioner administrator warden sheriff superintendent governor department dept
    bureau office agency board commission service customs border immigration enforcement homeland security justice united usa us
    government federal dhs doj ice cbp uscis eoir dos dod omb opm ssa irs fbi bop
"""
# who has held the offices that our cases are against; a successor's name stands beside one of these, or beside an office
_HOLDER = """
    trump biden obama bush vance noem mayorkas wolf nielsen kelly bondi garland barr sessions rubio blinken pompeo hegseth austin
    homan wamsley lyons patel blanche bessent lutnick miller
"""
_EMPTY, _NOBODY = frozenset(_NO_NAME.split()), frozenset(_ANYBODY.split())
_OFFICIAL = frozenset((_OFFICE + _HOLDER).split())


def same_case(one: str, other: str) -> str:
    """Why two names may be of one case, in a sentence; "" where nothing says so."""
    first, second = _sides(one), _sides(other)
    if not first or len(first) != len(second):
        return ""
    if len(first) == 1:
        return "the same name" if _is_same(first[0], second[0]) else ""
    for mine, beside in ((0, 1), (1, 0)):
        for theirs, there in ((0, 1), (1, 0)):
            if not _is_same(first[mine], second[theirs]):
                continue
            if first[beside] <= second[there] or second[there] <= first[beside]:
                return "the same names"
            if _is_official(first[beside]) or _is_official(second[there]):
                return "the same name against an office: who holds it changes"
    return ""


def _sides(name: str) -> tuple[frozenset[str], ...]:
    parts = _VERSUS.split(name.strip()[:300])
    sides = [_words(part) for part in parts if part]
    return tuple(sides) if 1 <= len(sides) <= 2 and all(sides) else ()


def _words(side: str) -> frozenset[str]:
    plain = _INITIALS.sub(lambda found: found[0].replace(".", "").replace(" ", "") + " ", _ROLE.sub("", side))
    return frozenset(_WORD.findall(fold(plain).text)) - _EMPTY


def _is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sides are one person of her own: the words of one are all among those of the other, and say who it is."""
    shared = one & other
    says = {word for word in shared if len(word) > 2 and not word.isdigit()} - _NOBODY
    return shared in (one, other) and bool(says) and not _is_official(one) and not _is_official(other)


def _is_official(side: frozenset[str]) -> bool:
    return bool(side & _OFFICIAL)
