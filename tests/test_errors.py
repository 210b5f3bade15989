"""Errors: what they quote of a source may be shown, logged and stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import FAULT_CAP, FetchError, ParseError, SourceError, clip


@given(st.text(max_size=100), st.integers(1, 50))
def test_clipped_text_is_short_and_printable(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped.isprintable()


@pytest.mark.parametrize("error", [SourceError, FetchError, ParseError])
def test_what_a_fault_quotes_of_a_source_is_printable_and_short(error: type[SourceError]) -> None:
    hostile = error("press", "docket 24A1\0\x1b[2J\ud800\n2026-11-24 ERROR forged " + "x" * 10_000)
    assert hostile.fault.startswith("docket 24A1??[2J??2026-11-24 ERROR forged x")
    assert (hostile.fault.isprintable(), len(hostile.fault)) == (True, FAULT_CAP)
    assert str(hostile) == f"press: {hostile.fault}"
