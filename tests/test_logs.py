"""Log lines with fields, and no secret in them."""

import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher import logs

TOKEN = "8123456789:AAF-abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """The logging of the test run is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    ours = {name: logging.getLogger(name).level for name in ("watcher", "alerts", "telegram.request", "telegram.ext.Updater")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in ours.items():
        logging.getLogger(name).setLevel(was)


def test_json_lines_carry_the_fields_of_an_event() -> None:
    stream = io.StringIO()
    logs.set_up("json", stream=stream)
    logging.getLogger("watcher.poll").info("%s: %d new", "hrw", 2, extra={"action": "polled", "source": "hrw", "new": 2})
    said = json.loads(stream.getvalue())
    assert (said["message"], said["level"], said["action"], said["new"]) == ("hrw: 2 new", "info", "polled", 2)


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize(
    "secret",
    ["hunter22hunter22", TOKEN, "ann@example.org", "mailto:ann@example.org", "telegram:-1001234567890", "telegram:5/7"],
)
def test_no_secret_and_no_readers_address_is_written(style: str, secret: str) -> None:
    stream = io.StringIO()
    logs.set_up(style, secrets=["hunter22hunter22"], stream=stream)  # type: ignore[arg-type]  # of two words
    try:
        raise ValueError(f"refused: {secret}")
    except ValueError:
        logging.getLogger("alerts").exception("sending to %s", secret, extra={"where": f"<{secret}>"})
    assert "sending to (" in stream.getvalue()
    assert secret not in stream.getvalue()


AWKWARD = ('pass"word\\with\ttab', "pässwort%2Fslash", "a/b@c:d e&f")


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("secret", AWKWARD)
def test_a_secret_that_needs_escaping_is_blotted_out_in_every_form_of_it(style: str, secret: str) -> None:
    stream = io.StringIO()
    logs.set_up(style, secrets=[secret], stream=stream)  # type: ignore[arg-type]  # of two words
    forms = [secret, quote(secret, safe=""), quote(secret), repr(secret)]
    logging.getLogger("alerts").warning("tried %s", forms, extra={"given": forms, "with": {"key": secret}, "bare": secret})
    logging.getLogger("alerts").warning("tried %s", " ".join(forms))
    assert [form for form in [*forms, json.dumps(secret)[1:-1]] if form.strip("'") in stream.getvalue()] == []


def test_json_stays_json_where_an_address_stands_in_quotes() -> None:
    stream = io.StringIO()
    logs.set_up("json", stream=stream)
    error = ValueError('no "mailto:ann@example.org"')
    logging.getLogger("alerts").warning("mailto:ann@example.org", extra={"error": error, "some": ("telegram:5", 3, None)})
    said = json.loads(stream.getvalue())
    assert (said["message"], said["error"], said["some"]) == ("(address)", 'no "(address)"', ["(address)", 3, None])


def test_libraries_speak_from_warnings_on_since_httpx_logs_whole_addresses() -> None:
    stream = io.StringIO()
    logs.set_up("text", stream=stream)
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot1:x/getMe")
    logging.getLogger("httpx").warning("slow")
    assert stream.getvalue().count("\n") == 1


# -- what is blotted out

LOCAL = "abcdefghijklmnopqrstuvwxyz0123456789.+-_~!'"
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="@%"), max_size=60)
NAMES = st.text(LOCAL, min_size=1, max_size=64)
HOSTS = st.lists(st.text("abcxyz0189-", min_size=1, max_size=63), min_size=2, max_size=4).map(".".join)


@given(WORDS, NAMES, st.sampled_from(["@", "%40"]), HOSTS, WORDS)
def test_no_mailbox_is_left_however_it_is_written(before: str, name: str, at: str, host: str, after: str) -> None:
    mailbox = f"{name}{at}{host}"
    assert mailbox not in logs.Redaction()(f"{before} {mailbox} {after}")
    assert f"{at}{host}" not in logs.Redaction()(f"{before}mailto:{mailbox}{after}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GET /unsubscribe/Zm9vYmFy-_x HTTP/1.1", "GET /unsubscribe/(token) HTTP/1.1"),
        ("POST /feedback/12.34.y.abcdef 404", "POST /feedback/(token) 404"),
        ("POST /hooks/courtlistener/s3cret-path 200", "POST /hooks/courtlistener/(token) 200"),
        ("/confirm/abcd1234?x=1", "/confirm/(token)?x=1"),
        ("postgresql://watch:pass@localhost/db is away", "postgresql://(login)@localhost/db is away"),
        ("https://api.telegram.org/bot8123456789:AAF-abcdefghijklmnopqrstuvwxyz012345/getMe", "https://api.telegram.org/bot(token)/getMe"),
        ("https://news.example/a?to=ann%40example.org", "(address)"),  # rather too much than too little
        ("hrw: https://www.hrw.org/news/2026: 2 new, 3 @ night", "hrw: https://www.hrw.org/news/2026: 2 new, 3 @ night"),
    ],
)
def test_links_logins_and_tokens_are_blotted_out_and_nothing_else(text: str, said: str) -> None:
    assert logs.Redaction()(text) == said


@pytest.mark.parametrize("unit", ["a", "a@", "1", "@", "%40", "a.", "mailto:", "x://", "/feedback/", "telegram:1", "é ", "1:"])
def test_a_long_text_is_cut_and_no_address_at_the_cut_is_left_half(unit: str) -> None:
    """The patterns are bounded, so this ends at once; without bounds it would take hours."""
    text = (unit * (1_000_000 // len(unit)))[: logs.LONGEST - 9] + " ann@example.org " + unit * 500_000
    said = logs.Redaction()(text)
    assert len(said) < logs.LONGEST + 60
    assert said.endswith("characters more")
    assert "ann@" not in said
