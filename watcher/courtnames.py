"""Courts by the names readers know, from CourtListener's ids."""

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


def court_name(court: str) -> str:
    """`U.S. District Court, D. Maryland` of `mdd`, `…, N.D. Texas` of `txnd`; "" for a court that has no name here."""
    if court in _NAMED:
        return _NAMED[court]
    district = court.removesuffix("d") if court.endswith("d") else ""
    if district in _STATES:
        return f"U.S. District Court, D. {_STATES[district]}"
    state, part = district[:-1], district[-1:]
    return f"U.S. District Court, {_PARTS[part]} {_STATES[state]}" if state in _STATES and part in _PARTS else ""
