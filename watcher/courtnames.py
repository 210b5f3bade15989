"""Courts by the names readers know, from CourtListener's ids, and back: the courts that a text names."""

import re
from dataclasses import dataclass

_CIRCUITS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh")
_NAMED = {
    "scotus": "U.S. Supreme Court",
    "bia": "Board of Immigration Appeals",
    "dcd": "U.S. District Court, District of Columbia",
    "cadc": "U.S. Court of Appeals, D.C. Circuit",
    "cafc": "U.S. Court of Appeals, Federal Circuit",
    **{f"ca{number}": f"U.S. Court of Appeals, {name} Circuit" for number, name in enumerate(_CIRCUITS, 1)},
}
_PARTS = {"n": "N.D.", "s": "S.D.", "e": "E.D.", "w": "W.D.", "c": "C.D.", "m": "M.D."}
_STATES = {
    "al": "Alabama",
    "ak": "Alaska",
    "az": "Arizona",
    "ar": "Arkansas",
    "ca": "California",
    "co": "Colorado",
    "ct": "Connecticut",
    "de": "Delaware",
    "fl": "Florida",
    "ga": "Georgia",
    "gu": "Guam",
    "hi": "Hawaii",
    "id": "Idaho",
    "il": "Illinois",
    "in": "Indiana",
    "ia": "Iowa",
    "ks": "Kansas",
    "ky": "Kentucky",
    "la": "Louisiana",
    "me": "Maine",
    "md": "Maryland",
    "ma": "Massachusetts",
    "mi": "Michigan",
    "mn": "Minnesota",
    "ms": "Mississippi",
    "mo": "Missouri",
    "mt": "Montana",
    "ne": "Nebraska",
    "nv": "Nevada",
    "nh": "New Hampshire",
    "nj": "New Jersey",
    "nm": "New Mexico",
    "nmi": "Northern Mariana Islands",
    "ny": "New York",
    "nc": "North Carolina",
    "nd": "North Dakota",
    "oh": "Ohio",
    "ok": "Oklahoma",
    "or": "Oregon",
    "pa": "Pennsylvania",
    "pr": "Puerto Rico",
    "ri": "Rhode Island",
    "sc": "South Carolina",
    "sd": "South Dakota",
    "tn": "Tennessee",
    "tx": "Texas",
    "ut": "Utah",
    "vt": "Vermont",
    "va": "Virginia",
    "vi": "Virgin Islands",
    "wa": "Washington",
    "wv": "West Virginia",
    "wi": "Wisconsin",
    "wy": "Wyoming",
}


def _districts(*states: str) -> frozenset[str]:
    """Ids of district courts: `md` has one, `tx:ensw` has four, one a letter."""
    pairs = (state.partition(":") for state in states)
    return frozenset(f"{name}{part}d" for name, _, parts in pairs for part in parts or ("",))


DISTRICTS = _districts(
    *("al:mns", "ak", "az", "ar:ew", "ca:cens", "co", "ct", "de", "dc", "fl:mns", "ga:mns", "hi", "id", "il:cns", "in:ns", "ia:ns", "ks"),
    *("ky:ew", "la:emw", "me", "md", "ma", "mi:ew", "mn", "ms:ns", "mo:ew", "mt", "ne", "nv", "nh", "nj", "nm", "ny:ensw", "nc:emw", "nd"),
    *("oh:ns", "ok:enw", "or", "pa:emw", "ri", "sc", "sd", "tn:emw", "tx:ensw", "ut", "vt", "va:ew", "wa:ew", "wv:ns", "wi:ew", "wy"),
    *("gu", "nmi", "pr", "vi"),
)  #: every district court


_ORDINALS = {name.lower(): f"ca{number}" for number, name in enumerate(_CIRCUITS, 1)}
_CIRCUIT = re.compile(
    r"\b(?P<word>First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Eleventh|Federal|Fed\.|D\.?\s?C\.?|District\sof\sColumbia)"
    r"\s+Cir(?:cuit\b|\.)"
    r"|\b(?P<figure>1[01]|[1-9])(?:st|nd|rd|th|d)\s+Cir(?:cuit\b|\.|\b)"
    r"|\b(?:USCA-?\s?|CA)(?P<after>1[01]|0?[1-9]|DC|FED?)\b"
    r"|\b(?P<before>1[01]|[1-9])(?:st|nd|rd|th)?\s?CCA\b",
    re.IGNORECASE,
)
_DC, _FEDERAL = "cadc", "cafc"
_PART_WORDS = {"northern": "n", "southern": "s", "eastern": "e", "western": "w", "central": "c", "middle": "m"}
_BY_STATE = {name.lower(): state for state, name in (*_STATES.items(), ("dc", "District of Columbia"))}
_STATE_NAMES = "|".join(sorted((re.escape(name) for name in _BY_STATE), key=len, reverse=True))
_DISTRICT = re.compile(
    rf"\b(?:(?P<part>{'|'.join(_PART_WORDS)})\s+District\s+of\s+(?P<parted>{_STATE_NAMES})"
    rf"|(?:District\s+of|D\.)\s+(?P<whole>{_STATE_NAMES})"
    rf"|(?P<columbia>District\s+of\s+Columbia)(?!\s+Cir)"
    rf"|(?P<parter>[NSEWCM])\.\s?D\.\s+(?P<short>{_STATE_NAMES})"
    rf"|(?P<first>{_STATE_NAMES})\s+(?P<last>{'|'.join(_PART_WORDS)}))(?![A-Za-z])",
    re.IGNORECASE,
)
# 28 U.S.C. 41: the states of each circuit
_OF_CIRCUIT = {
    "ca1": "me ma nh pr ri",
    "ca2": "ct ny vt",
    "ca3": "de nj pa vi",
    "ca4": "md nc sc va wv",
    "ca5": "la ms tx",
    "ca6": "ky mi oh tn",
    "ca7": "il in wi",
    "ca8": "ar ia mn mo ne nd sd",
    "ca9": "ak az ca gu hi id mt nv nmi or wa",
    "ca10": "co ks nm ok ut wy",
    "ca11": "al fl ga",
    _DC: "dc",
}
_CIRCUIT_OF = {state: circuit for circuit, states in _OF_CIRCUIT.items() for state in states.split()}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCourt:
    """A court that a text names; `text[start:end]` are the words."""

    court: str
    start: int
    end: int


def court_name(court: str) -> str:
    """`U.S. District Court, D. Maryland` of `mdd`, `…, N.D. Texas` of `txnd`; "" for a court that has no name here."""
    if court in _NAMED:
        return _NAMED[court]
    district = court.removesuffix("d") if court.endswith("d") else ""
    if district in _STATES:
        return f"U.S. District Court, D. {_STATES[district]}"
    state, part = district[:-1], district[-1:]
    return f"U.S. District Court, {_PARTS[part]} {_STATES[state]}" if state in _STATES and part in _PARTS else ""


def is_district(court: str) -> bool:
    """Whether it is a district court of the United States."""
    return bool(circuit_of(court))


def is_appellate(court: str) -> bool:
    """Whether it is a court of appeals of the United States."""
    return court in _OF_CIRCUIT or court == _FEDERAL


def circuit_of(court: str) -> str:
    """The court of appeals above a district court (28 U.S.C. 41, 1294); "" for any other court. Patents and small claims against the
    government go to the Federal Circuit instead (1295), which the number of a case does not tell."""
    if not court.endswith("d") or not court_name(court):
        return ""
    place = court.removesuffix("d")
    return _CIRCUIT_OF.get(place) or _CIRCUIT_OF.get(place[:-1], "")


def circuits_in(text: str) -> list[NamedCourt]:
    """The courts of appeals that a text names, in order: `4th Circuit`, `DC Circuit Court`, `USCA5`, `4CCA`."""
    return [NamedCourt(court=_circuit(found), start=found.start(), end=found.end()) for found in _CIRCUIT.finditer(text)]


def _circuit(found: re.Match[str]) -> str:
    said = "".join((found["word"] or found["figure"] or found["after"] or found["before"]).lower().replace(".", "").split())
    if said.isdigit():
        return f"ca{int(said)}"
    if said in ("dc", "districtofcolumbia"):
        return _DC
    return _FEDERAL if said.startswith("fed") or said == "fe" else _ORDINALS[said]


def districts_in(text: str) -> list[NamedCourt]:
    """The district courts that a text names, in order: `District of Maryland`, `N.D. Texas`, `California Northern`.

    A name that is no court's (`Northern District of Maryland`, `District of Texas`) is none.
    """
    named = [(_district(found), found) for found in _DISTRICT.finditer(text)]
    return [NamedCourt(court=court, start=found.start(), end=found.end()) for court, found in named if court]


def _district(found: re.Match[str]) -> str:
    if found["columbia"]:
        return "dcd"
    state = _BY_STATE[" ".join((found["parted"] or found["whole"] or found["short"] or found["first"]).lower().split())]
    said = (found["part"] or found["last"] or found["parter"] or "").lower()
    court = f"{state}{_PART_WORDS.get(said, said)}d"
    return court if court in DISTRICTS else ""
