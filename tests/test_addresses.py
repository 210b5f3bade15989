"""Addresses: one form for readers, one key for one publication."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.addresses import absolute, canonical, key, register_keys

DOCKET = "https://www.courtlistener.com/docket/69777799/abrego-garcia-v-noem/?order_by=desc#entry-51"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://Example.ORG:80/a", "https://example.org/a"),
        ("https://example.org:443", "https://example.org/"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        (" https://example.org/a b\n\tc ", "https://example.org/a%20bc"),
        ("https://example.org/a?utm_source=rss&id=7&fbclid=x&at_medium=y&UTM_Campaign=z", "https://example.org/a?id=7"),
        ("https://example.org/a?source=rss----1&ref=rss&source2=rss", "https://example.org/a?source2=rss"),
        ("https://example.org/a?source=wire", "https://example.org/a?source=wire"),
        ("https://example.org/a#comments", "https://example.org/a"),
        (DOCKET, DOCKET),
        ("https://bücher.example/ü?q=ü", "https://xn--bcher-kva.example/%C3%BC?q=%C3%BC"),
        ("https://example.org/%C3%BC?q=%20", "https://example.org/%C3%BC?q=%20"),
        ("http://[::1]:9/a", "http://[::1]:9/a"),
        ("https://www.google.com/url?rct=j&sa=t&url=http://news.example.org/x%3Fid%3D1&ct=ga", "https://news.example.org/x?id=1"),
        ("https://www.google.com/url?q=nothing", "https://www.google.com/url?q=nothing"),
    ],
)
def test_one_form_is_kept(address: str, expected: str) -> None:
    assert canonical(address) == expected
    assert canonical(canonical(address)) == expected


@pytest.mark.parametrize(
    "address",
    ["", "tag:example.org,2025:a", "mailto:a@example.org", "javascript:alert(1)", "/relative", "http://", "http://[", "http://x:99999999/", "http://x:y/",
     'http://"x"/', "https://example.org/" + "a" * 5_000],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_none(address: str) -> None:
    assert (canonical(address), key(address)) == ("", "")


def test_one_page_has_one_key_however_it_is_written() -> None:
    written = [
        "https://www.example.org/a/?b=2&a=1",
        "http://example.org/a?a=1&b=2",
        "http://EXAMPLE.org/a/?utm_medium=x&a=1&b=2#top",
    ]
    assert {key(address) for address in written} == {"example.org/a?a=1&b=2"}


@pytest.mark.parametrize(
    "address", ["https://example.org", "https://www.example.org/", "http://example.org/?utm_source=a", "https://example.org/#top"]
)
def test_the_bare_root_of_a_host_is_no_key(address: str) -> None:
    assert key(address) == ""


def test_entries_of_a_docket_keep_their_fragments_in_the_key() -> None:
    assert key(DOCKET) != key(DOCKET.replace("#entry-51", "#entry-52"))


@pytest.mark.parametrize(
    ("base", "address", "expected"),
    [
        ("https://example.org/feed", "/a", "https://example.org/a"),
        ("https://example.org/feed", " https://other.example/ ", "https://other.example/"),
        ("https://example.org/feed", "http://[", "http://["),
        ("", "a", "a"),
    ],
)
def test_a_relative_address_is_resolved_where_it_can_be(base: str, address: str, expected: str) -> None:
    assert absolute(base, address) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("2026-19555", ("fr:2026-19555",)),
        ("2012-07333", ("fr:2012-07333", "fr:2012-7333")),
        ("2012-7333", ("fr:2012-7333",)),
        ("C1-2014-25788", ("fr:C1-2014-25788",)),
        ("93-32104", ("fr:93-32104",)),
        ("2026-0", ("fr:2026-0",)),
    ],
)
def test_a_register_number_is_known_with_and_without_its_zeros(number: str, expected: tuple[str, ...]) -> None:
    assert register_keys(number) == expected


@given(
    st.one_of(st.text(max_size=80), st.text(max_size=60).map("https://example.org/".__add__), st.text(max_size=60).map("http://".__add__))
)
def test_any_text_gives_an_ascii_address_or_none(text: str) -> None:
    found = canonical(text)
    assert found.isascii()
    assert found == "" or found.startswith(("https://", "http://"))
    assert not set(' \n\t<>"') & set(found)
