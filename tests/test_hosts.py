from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.hosts import alternate, ascii_host, host_of, is_private_host, is_private_url, is_public, literal, with_port


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  # nothing is bound here
        "0.1.2.3",
        "10.0.0.5",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",  # IPv4-compatible, long abolished
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.5",
        "::ffff:0:127.0.0.1",  # SIIT
        "64:ff9b::7f00:1",  # 127.0.0.1 through NAT64
        "64:ff9b::a00:5",
        "64:ff9b:1::8.8.8.8",  # a local NAT64, whose inside is anybody's guess
        "100::1",
        "2001::1",  # Teredo
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",  # 127.0.0.1 through 6to4
        "2002:808:808::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "4000::1",
    ],
)
def test_what_is_not_on_the_public_internet_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "198.17.255.255",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "2001:200::1",  # the first block given out behind Teredo's
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",  # how a network with IPv6 only sees the old internet
    ],
)
def test_what_is_on_the_public_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("::ffff:127.0.0.1", "::ffff:7f00:1"),
    ],
)
def test_a_literal_address_is_read_in_every_spelling(host: str, address: str) -> None:
    assert literal(host) == ip_address(address)


@pytest.mark.parametrize("host", ["", "example.org", "0x7f.example", "1.2.3.4.example", "cafe", "256.1.1.1.1", "müller.example", "a\0b"])
def test_a_name_is_no_literal_address(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("feeds.localhost", True),
        ("10.0.0.5", True),
        ("0x7f000001", True),
        ("8.8.8.8", False),
        ("www.hrw.org", False),
        ("localhost.example.org", False),
    ],
)
def test_a_host_is_private_on_its_face_by_literal_or_by_the_name_of_this_machine(host: str, private: bool) -> None:
    assert is_private_host(host) is private


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1:8000/feed", True),
        ("http://[::1]:8000/feed", True),
        ("https://localhost/feed", True),
        ("https://user:secret@10.0.0.5/", True),
        ("https://www.hrw.org/rss/news", False),
        ("https://www.hrw.org/?url=http://127.0.0.1/", False),
        ("", False),
        ("http://[::1/", False),
    ],
)
def test_a_url_is_as_private_as_its_host(url: str, private: bool) -> None:
    assert is_private_url(url) is private


def test_families_take_turns_and_doubles_are_dropped() -> None:
    six, four = ["2606:4700::1", "2606:4700::2", "2606:4700::3"], ["1.1.1.1", "1.0.0.1"]

    turns = alternate(map(ip_address, [*six, *four, *six]))

    assert [str(address) for address in turns] == ["2606:4700::1", "1.1.1.1", "2606:4700::2", "1.0.0.1", "2606:4700::3"]


def test_no_addresses_stay_no_addresses() -> None:
    assert alternate([]) == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example/a", "news.example"),
        ("https://news.example:443/a", "news.example"),
        ("http://news.example:80/", "news.example"),
        ("http://news.example:443/", "news.example:443"),
        ("https://news.example./a", "news.example"),
        ("https://reader:secret@news.example:8443/", "news.example:8443"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("http://[::1]:8000/", "[::1]:8000"),
        ("http://[::1]/", "[::1]"),
        ("https:///a", ""),
        ("https://[::1/", ""),
        ("https://news.example:99999/", ""),
        ("https:// .example:1/", " .example:1"),
        ("x", ""),
    ],
)
def test_one_host_has_one_name_however_an_address_spells_it(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_host_that_idna_cannot_name_is_paced_by_its_own_letters_and_has_no_ascii_name() -> None:
    long = "bücher" * 20
    assert host_of(f"https://{long}.example:8443/") == f"{long}.example:8443"
    with pytest.raises(UnicodeError):
        ascii_host(f"{long}.example")


def test_a_host_stands_in_brackets_where_it_is_an_ipv6_address() -> None:
    assert [with_port("::1", None), with_port("::1", 8000), with_port("news.example", 8000)] == ["[::1]", "[::1]:8000", "news.example:8000"]


@given(st.text(max_size=60))
def test_any_text_has_a_host_or_none(text: str) -> None:
    assert "@" not in host_of(f"https://{text}")
    host_of(text)
