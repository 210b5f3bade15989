"""The courts whose dockets can be tracked, by CourtListener's ids: the federal courts of the United States and the immigration board."""

from watcher.courtnames import DISTRICTS

_APPEALS = frozenset({*(f"ca{number}" for number in range(1, 12)), "cadc", "cafc"})
_BANKRUPTCY = frozenset(f"{district[:-1]}b" for district in DISTRICTS) - {"azb", "neb"} | {"arb", "nebraskab"}  # `neb` is a state's court
_SPECIAL = frozenset({"scotus", "bia", "cit", "uscfc", "tax", "cavc", "armfor", "jpml", "fisc", "fiscr"})

COURTS = _APPEALS | DISTRICTS | _BANKRUPTCY | _SPECIAL
