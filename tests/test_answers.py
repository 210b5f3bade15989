import gzip
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from watcher.answers import LONGEST_WAIT, MEANINGS, MEMBERS, PIECE, BodyError, Inflater, body_fault, retry_after, status_fault
from watcher.ports import Ask

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FEED = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml", "application/feed+json")
JSON = ("application/json",)


# Retry-After


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("99999999999999999999999999", LONGEST_WAIT),
        ("Tue, 24 Nov 2026 08:05:00 GMT", timedelta(minutes=5)),
        ("Tuesday, 24-Nov-26 08:05:00 GMT", timedelta(minutes=5)),  # RFC 850
        ("Tue Nov 24 08:05:00 2026", timedelta(minutes=5)),  # asctime
        ("Tue, 24 Nov 2026 09:05:00 +0100", timedelta(minutes=5)),
        ("Tue, 24 Nov 2026 07:00:00 GMT", timedelta(0)),
        ("Tue, 24 Nov 9999 07:00:00 GMT", LONGEST_WAIT),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Tue, 99 Nov 2026 07:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_less_than_nothing(value: str | None, wait: timedelta | None) -> None:
    assert retry_after(value, NOW) == wait


@given(st.text(max_size=60))
def test_any_retry_after_is_a_wait_within_bounds_or_none(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT


# Statuses


@pytest.mark.parametrize("status", [200, 203])
def test_these_statuses_bring_a_body_to_use(status: int) -> None:
    assert status_fault(status) is None


@pytest.mark.parametrize(("status", "fault"), [(204, "status 204"), (418, "status 418"), (503, "status 503"), (999, "status 999")])
def test_any_other_status_is_its_own_fault(status: int, fault: str) -> None:
    assert status_fault(status) == fault


@pytest.mark.parametrize("status", [401, 403, 407, 410])
def test_a_refusal_says_what_it_means(status: int) -> None:
    assert (status_fault(status) or "").startswith(f"status {status}: ")


def test_the_reference_names_every_refusal() -> None:
    text = (ROOT / "docs" / "reference" / "fetching.md").read_text()
    missing = [f"| {status} | `{meaning}`" for status, meaning in MEANINGS.items() if f"| {status} | `{meaning}`" not in text]
    assert missing == []


# Compressed bodies


def inflate(coding: str, chunks: Iterable[bytes]) -> bytes:
    inflater = Inflater(coding)
    body = b"".join(piece for chunk in chunks for piece in inflater.feed(chunk))
    inflater.finish()
    return body


def bytewise(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def bare_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


Encode = Callable[[bytes], bytes]
CODED: list[tuple[str, Encode]] = [
    ("", bytes),
    ("identity", bytes),
    ("gzip", gzip.compress),
    ("X-GZip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
]


@pytest.mark.parametrize(("coding", "encode"), CODED)
@pytest.mark.parametrize("body", [b"", b"<rss/>", b"<rss>" + bytes(range(256)) * 3000])
def test_each_coding_is_undone_however_the_bytes_arrive(coding: str, encode: Encode, body: bytes) -> None:
    sent = encode(body)
    assert inflate(coding, [sent]) == body
    assert inflate(coding, [*bytewise(sent[:400]), sent[400:]]) == body


@pytest.mark.parametrize("tail", [b"", b"\0" * 512, b"garbage", b"\0\0garbage"])
def test_a_gzip_body_may_have_several_members_and_a_tail(tail: bytes) -> None:
    sent = gzip.compress(b"<rss>") + gzip.compress(b"</rss>") + tail
    assert inflate("gzip", [sent]) == b"<rss></rss>"
    assert inflate("gzip", bytewise(sent)) == b"<rss></rss>"


def test_pieces_are_small_whatever_a_chunk_inflates_to() -> None:
    bomb = gzip.compress(bytes(20 * PIECE))

    sizes = [len(piece) for piece in Inflater("gzip").feed(bomb)]

    assert max(sizes) == PIECE
    assert sum(sizes) == 20 * PIECE


def test_a_body_that_fills_its_last_piece_exactly_is_whole() -> None:
    for length in range(PIECE - 3, PIECE + 4):
        assert inflate("gzip", [gzip.compress(b"a" * length)]) == b"a" * length


@pytest.mark.parametrize(("coding", "encode"), [pair for pair in CODED if pair[0] not in {"", "identity"}])
def test_a_compressed_body_cut_anywhere_is_a_fault(coding: str, encode: Encode) -> None:
    sent = encode(b"<rss>news of the day</rss>")
    for end in range(len(sent)):
        with pytest.raises(BodyError, match="cut short"):
            inflate(coding, [sent[:end]])


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [b"<rss></rss>", b"\x1f\x8b\x08 not really", b"\x78\x9c not really", b"\xff" * 40])
def test_a_body_that_is_not_in_its_coding_is_a_fault(coding: str, body: bytes) -> None:
    with pytest.raises(BodyError):
        inflate(coding, [body])


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "utf-8", "\x1b[31m" * 99])
def test_a_coding_we_did_not_ask_for_is_a_fault_that_may_be_printed(coding: str) -> None:
    with pytest.raises(BodyError, match="which we did not ask for") as caught:
        Inflater(coding)
    assert str(caught.value).isprintable()


def test_a_body_of_endless_empty_members_is_stopped() -> None:
    with pytest.raises(BodyError, match="parts"):
        inflate("gzip", [gzip.compress(b"") * (MEMBERS + 1)])


@given(st.sampled_from(["gzip", "deflate"]), st.lists(st.binary(max_size=80), max_size=5))
def test_any_bytes_inflate_or_are_a_fault(coding: str, chunks: list[bytes]) -> None:
    with suppress(BodyError):
        inflate(coding, chunks)


# Is it what was asked for


XML_BODIES = [
    b"<?xml version='1.0'?><rss/>",
    b"\n\n <?xml version='1.0'?><!-- made by hand --><rss/>",
    b"\xef\xbb\xbf<?xml version='1.0'?><feed/>",
    b"<rss version='2.0'>",
    b"<RDF:RDF xmlns='x'>",
    b"<!-- generator --><feed xmlns='http://www.w3.org/2005/Atom'>",
    "<?xml version='1.0' encoding='utf-16'?><rss/>".encode("utf-16"),
    "<?xml version='1.0' encoding='utf-16'?><rss/>".encode("utf-16-be"),
    "<?xml version='1.0' encoding='utf-16'?><rss/>".encode("utf-16-le"),
]
PAGES = [
    b"<!DOCTYPE html><html><body>Just a moment...</body></html>",
    b"\r\n<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>",
    b"<HTML><head>",
    b"\xef\xbb\xbf<html>",
    b"<!-- cache miss --><!-- node 7 --><!DOCTYPE html>",
    b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN'><html/>",
    "<!doctype html><html>".encode("utf-16"),
]


@pytest.mark.parametrize("body", XML_BODIES)
@pytest.mark.parametrize(
    "media", ["application/rss+xml", "text/xml; charset=bogus", "TEXT/XML", "", "text/html", "text/plain", "application/octet-stream"]
)
@pytest.mark.parametrize("types", [FEED, ()])
def test_xml_is_a_feed_under_any_content_type(body: bytes, media: str, types: tuple[str, ...]) -> None:
    assert body_fault(body, media, Ask(url="", types=types)) is None


@pytest.mark.parametrize("body", PAGES)
@pytest.mark.parametrize("media", ["text/html", "application/rss+xml", "application/json; charset=utf-8", "application/xhtml+xml", ""])
@pytest.mark.parametrize("types", [FEED, JSON, ()])
def test_a_web_page_is_a_fault_under_any_content_type(body: bytes, media: str, types: tuple[str, ...]) -> None:
    fault = body_fault(body, media, Ask(url="", types=types))
    assert fault is not None
    assert fault.startswith("a web page (")


def test_a_web_page_is_no_fault_where_html_is_wanted() -> None:
    assert body_fault(PAGES[0], "text/html; charset=utf-8", Ask(url="", types=("text/html",))) is None


@pytest.mark.parametrize(
    ("body", "media", "types", "fault"),
    [
        (b"", "application/rss+xml", FEED, "an empty body"),
        (b" \r\n\t", "application/json", JSON, "an empty body"),
        (b"<!DOCTYPE html>", "text/html; charset=utf-8", FEED, "a web page (text/html) instead of a feed"),
        (b"<!DOCTYPE html>", "", JSON, "a web page (of no content type) instead of JSON"),
        (b"<!DOCTYPE html>", "text/html", (), "a web page (text/html) instead of what was asked for"),
        (b"<div>Sorry</div>", "text/html", FEED, "content type text/html instead of a feed"),
        (b"Sorry", "text/html", (), "content type text/html instead of what was asked for"),
        (b"Sorry", "text/plain", (), None),
        (b"Sorry", "text/plain", JSON, "content type text/plain instead of JSON"),
        (b'{"results": []}', "text/plain", JSON, None),
        (b'\n[{"id": 1}]', "text/html", JSON, None),
        (b"<?xml version='1.0'?><error/>", "text/html", JSON, "content type text/html instead of JSON"),
        (b"{}", "text/html", ("text/xml",), "content type text/html instead of XML"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "application/octet-stream", FEED, None),
        (b"%PDF-1.7", "application/pdf", FEED, "content type application/pdf instead of a feed"),
        (b"no feed at all", "application/rss+xml", FEED, None),  # its reader will say so
        (b"<!-- never closed <html>", "text/html", FEED, "content type text/html instead of a feed"),
    ],
)
def test_type_and_shape_together_decide_what_a_body_is(body: bytes, media: str, types: tuple[str, ...], fault: str | None) -> None:
    assert body_fault(body, media, Ask(url="", types=types)) == fault


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [("application/atom+xml, */*;q=0.5", "a feed"), ("application/json", "JSON"), ("*/*", "what was asked for")],
)
def test_where_any_type_will_do_the_fault_names_what_was_asked_for_first(accept: str, wanted: str) -> None:
    assert body_fault(PAGES[0], "text/html", Ask(url="", accept=accept)) == f"a web page (text/html) instead of {wanted}"


def test_only_the_beginning_of_a_body_decides() -> None:
    assert body_fault(b"<rss>" + b"<html>" * 1_000_000, "text/html", Ask(url="", types=FEED)) is None


@given(st.binary(max_size=300), st.text(max_size=40), st.sampled_from([FEED, JSON, ("text/html",), ()]))
def test_any_body_is_judged(body: bytes, media: str, types: tuple[str, ...]) -> None:
    fault = body_fault(body, media, Ask(url="", types=types))
    assert fault is None or fault.isprintable()
