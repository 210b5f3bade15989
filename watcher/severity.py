"""How much a Document presses: urgent, notable or routine.

Urgent is what a lawyer or an activist must know within minutes: an act of a court, an executive order or proclamation, a special filing
on public inspection, and news that people are being flown out or that a court has just ruled. The list of words for news is small on
purpose: a headline that is urgent for no reason wakes people at night, one that is not still arrives.
"""

import re

from watcher.models import Document, DocumentType, Severity, Stage

_URGENT = frozenset(
    {DocumentType.ORDER, DocumentType.OPINION, DocumentType.JUDGMENT, DocumentType.EXECUTIVE_ORDER, DocumentType.PROCLAMATION},
)
_NOTABLE = frozenset(
    {
        DocumentType.MOTION,
        DocumentType.NOTICE,
        DocumentType.APPEAL,
        DocumentType.HEARING,
        DocumentType.SEALED,
        DocumentType.RULE,
        DocumentType.PROPOSED_RULE,
        DocumentType.PRESIDENTIAL,
    }
)
# Orders that run the case and change nothing in it: told, but they wake nobody.
_HOUSEKEEPING = re.compile(
    r"pro hac vice|extend(?:ing)? (?:the )?time|extension of time|(?:excess|additional) pages|page limit|word limit"
    r"|leave to (?:file|appear as) amic|withdraw(?:al)? (?:as|of) (?:attorney|counsel|appearance)"
    r"|adjourn conference|reassign|referring case|relating cases",
    re.IGNORECASE,
)
_SUBSTANCE = re.compile(
    r"\bstay|injunct|restrain|facilitate|remov(?:al|e|ed|ing)\b|deport|contempt|sanction|habeas|dismiss|compel|discovery"
    r"|show cause|vacat|revers",
    re.IGNORECASE,
)
# News: people on their way out, or a court's act just now. English and Spanish; whole words, in the headline only.
_NEWS_URGENT = re.compile(
    r"\b(?:"
    r"(?:deportation|removal|expulsion|rendition)\s(?:flight|plane)s?"
    r"|(?:flight|plane)s?\b.{0,40}\b(?:deport|carrying|takes off|took off|lands?|landed|bound for|departs?|departed)\w*"
    r"|(?:flown|flies|flew|flying)\b.{0,60}\b(?:to|from)\b.{0,40}"
    r"\b(?:el salvador|cecot|south sudan|eswatini|guantanamo|ghana|rwanda|uganda|libya)"
    r"|def(?:y|ies|ied|ying)\b.{0,40}\b(?:order|court|judge|ruling)s?"
    r"|judges?\s(?:\w+\s){0,3}?(?:orders|blocks|halts|bars|rules|stops|temporarily blocks|finds|holds|grants|denies|demands)"
    r"|(?:supreme court|scotus|appeals court|(?:fourth|fifth|first|9th|4th|5th|1st|d\.?c\.?) circuit|federal court|court)\s(?:\w+\s){0,2}?"
    r"(?:rules|blocks|allows|orders|halts|upholds|rejects|lifts|lets|sides|pauses|stays|denies|grants|clears|bars|strikes)"
    r"|vuelos?\sde\s(?:deportaci[oó]n|deportados|expulsi[oó]n)"
    r"|avi[oó]n(?:es)?\b.{0,40}\b(?:deportad|expulsad|migrantes)\w*"
    r"|(?:juez|jueza|tribunal|corte|corte suprema|tribunal supremo)\s(?:\w+\s){0,3}?"
    r"(?:ordena|bloquea|frena|suspende|autoriza|permite|proh[ií]be|rechaza|falla|dictamina|avala|anula|exige)"
    r"|desaf[ií]a\b.{0,40}\b(?:orden|juez|corte|tribunal)"
    r"|signs\b.{0,20}\b(?:executive\sorder|proclamation)|firma\b.{0,20}\b(?:orden\sejecutiva|decreto|proclama)"
    r")\b",
    re.IGNORECASE,
)
# The same words in what is not news of today.
_NOT_NOW = re.compile(
    r"\b(?:what (?:to know|we know|is|are)|explainer|explained|timeline|analysis|opinion|podcast|how|why|history|review"
    r"|years? (?:ago|later)|an[aá]lisis|opini[oó]n|qu[eé] (?:es|se sabe|significa)|claves|c[oó]mo|por qu[eé])\b|\?$",
    re.IGNORECASE,
)
_COURT_ACT = re.compile(
    r"\b(?:judges?|courts?|justices?|ruling|ruled|injunction|restraining order|habeas|lawsuit|sues?|sued|appeals?|hearing|contempt"
    r"|juez|jueza|jueces|tribunal(?:es)?|cortes?|fallo|demandas?|demandan?|recurso|amparo|audiencia|orden judicial)\b",
    re.IGNORECASE,
)
_HEADLINE = 400  #: characters of a title that are looked at


def severity_of(document: Document) -> Severity:
    """Say how much a Document presses, from its type, stage and headline."""
    if document.stage is Stage.SPECIAL:
        return Severity.URGENT
    if document.type in _URGENT:
        return Severity.NOTABLE if _is_housekeeping(document) else Severity.URGENT
    if document.type in _NOTABLE:
        return Severity.NOTABLE
    if document.type is DocumentType.ARTICLE:
        return _of_news(document)
    return Severity.NOTABLE if document.stage in (Stage.SEALED, Stage.REMOVED, Stage.WITHDRAWN) else Severity.ROUTINE


def _is_housekeeping(document: Document) -> bool:
    """Only for orders; anything of substance beside it makes it urgent all the same."""
    words = f"{document.title} {document.summary[:600]}"
    return document.type is DocumentType.ORDER and bool(_HOUSEKEEPING.search(words)) and not _SUBSTANCE.search(words)


def _of_news(document: Document) -> Severity:
    headline = document.title[:_HEADLINE]
    if _NEWS_URGENT.search(headline) and not _NOT_NOW.search(headline):
        return Severity.URGENT
    if _COURT_ACT.search(headline) or _COURT_ACT.search(document.summary[:_HEADLINE]):
        return Severity.NOTABLE
    return Severity.ROUTINE
