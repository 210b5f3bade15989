"""The courts whose dockets can be tracked, by CourtListener's ids: the federal courts of the United States and the immigration board."""


def _districts(*states: str) -> frozenset[str]:
    """Ids of district courts: `md` has one, `tx:ensw` has four, one a letter."""
    pairs = (state.partition(":") for state in states)
    return frozenset(f"{name}{part}d" for name, _, parts in pairs for part in parts or ("",))


_APPEALS = frozenset({*(f"ca{number}" for number in range(1, 12)), "cadc", "cafc"})
_DISTRICTS = _districts(
    *("al:mns", "ak", "az", "ar:ew", "ca:cens", "co", "ct", "de", "dc", "fl:mns", "ga:mns", "hi", "id", "il:cns", "in:ns", "ia:ns", "ks"),
    *("ky:ew", "la:emw", "me", "md", "ma", "mi:ew", "mn", "ms:ns", "mo:ew", "mt", "ne", "nv", "nh", "nj", "nm", "ny:ensw", "nc:emw", "nd"),
    *("oh:ns", "ok:enw", "or", "pa:emw", "ri", "sc", "sd", "tn:emw", "tx:ensw", "ut", "vt", "va:ew", "wa:ew", "wv:ns", "wi:ew", "wy"),
    *("gu", "nmi", "pr", "vi"),
)
_BANKRUPTCY = frozenset(f"{district[:-1]}b" for district in _DISTRICTS) - {"azb", "neb"} | {"arb", "nebraskab"}  # `neb` is a state's court
_SPECIAL = frozenset({"scotus", "bia", "cit", "uscfc", "tax", "cavc", "armfor", "jpml", "fisc", "fiscr"})

COURTS = _APPEALS | _DISTRICTS | _BANKRUPTCY | _SPECIAL
