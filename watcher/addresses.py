"""Addresses of publications: made canonical for readers, and made keys for telling one publication from another."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from watcher.hosts import USUAL_PORTS, ascii_host, with_port
from watcher.plain import visible

LONGEST = 2000  #: characters; longer ones are no address of a publication

_TRACKING_NAMES = (
    "fbclid gclid gbraid wbraid dclid gclsrc msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id mc_cid mc_eid mkt_tok _ga _gl "
    "_hsenc _hsmi hsctatracking vero_id wickedid oly_anon_id oly_enc_id s_cid icid ncid ocid cmpid cmp ito xtor wprss ftag feedname "
    "feedtype ref_src ref_url smid smtyp sr_share taid trk guccounter guce_referrer guce_referrer_sig __twitter_impression share_id "
    "shareadraft campaign_id instance_id segment_id user_id regi_id nl emc partner outputtype at_medium at_campaign at_format "
    "at_link_id at_link_type at_link_origin at_ptr_name at_bbc_team at_custom1 at_custom2 at_custom3 at_custom4"
)
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_", "ns_")
_FROM_FEED = frozenset(["source", "src", "via", "ref", "from", "mod", "feed"])  # tracking where the value says no more than `rss`
_IDENTITY = re.compile(
    r"^(?:entry-|minute-entry-|block-|post-|comment-|update-|liveblog|!|/)"
)  # fragments that name a publication of their own
_SAFE = "/%:@!$&'()*+,;=~-._"
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_REDIRECTS = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}/url")
_BREAKS = re.compile(r"[\t\r\n]")  # taken out, as browsers do (WHATWG URL, 4.4); a blank within is encoded


def absolute(base: str, address: str) -> str:
    """Resolve an address against the one it stood in; what cannot be resolved stays as it is."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address.strip()


def canonical(address: str) -> str:
    """Write an http or https address in the one form that we keep: https, no tracking parameters, no idle fragment, ASCII.

    A port of its own keeps its scheme, for nobody promises TLS there. "" for what is no such address.
    """
    try:
        parts = _split(address)
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # UnicodeError is one: no such host, no such port, a bracket that never closes
        return ""
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    usual = port in (None, *USUAL_PORTS.values())
    return urlunsplit(
        (
            "https" if usual else parts.scheme.lower(),
            with_port(host, None if usual else port),
            quote(parts.path, safe=_SAFE) or "/",
            quote(_without_tracking(parts.query), safe=_SAFE + "?[]"),
            quote(parts.fragment, safe=_SAFE) if _IDENTITY.match(parts.fragment) else "",
        )
    )


def _split(address: str) -> SplitResult:
    """The parts of an address; of one that only redirects (Google Alerts) those of its target."""
    if len(address) > LONGEST:
        raise ValueError("too long")
    parts = urlsplit(_BREAKS.sub("", visible(address)).strip())
    if _REDIRECTS.fullmatch(f"{parts.netloc}{parts.path}".lower()):
        target = dict(parse_qsl(parts.query)).get("url", "")
        return urlsplit(target) if target.lower().startswith(("http://", "https://")) else parts
    return parts


def key(address: str) -> str:
    """Make the canonical form a key: no scheme, no `www.`, no closing slash, parameters in order.

    "" where it cannot tell publications apart: no address, or the bare root of a host.
    """
    whole = canonical(address)
    if not whole:
        return ""
    parts = urlsplit(whole)
    path = parts.path.rstrip("/")
    if not path and not parts.query and not parts.fragment:
        return ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return urlunsplit(("", "", parts.netloc.removeprefix("www.") + path, query, parts.fragment))


def register_keys(number: str) -> tuple[str, ...]:
    """Give the keys of a Federal Register number: as written, and without the zeros that only public inspection pads it with."""
    head, dash, tail = number.strip().rpartition("-")
    bare = f"{head}{dash}{tail.lstrip('0') or '0'}"
    return tuple(dict.fromkeys((f"fr:{number.strip()}", f"fr:{bare}")))


def _without_tracking(query: str) -> str:
    """Drop the parameters that say how a reader came; the others stay as they were written."""
    kept = (pair for pair in query.split("&") if pair and not _tracks(*pair.partition("=")[::2]))
    return "&".join(kept)


def _tracks(name: str, value: str) -> bool:
    low = name.lower()
    return low in _TRACKING or low.startswith(_TRACKING_PREFIXES) or (low in _FROM_FEED and value.lower().startswith("rss"))
