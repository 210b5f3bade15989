"""Dockets of the file, told apart by court and parsed number alone: an id of CourtListener may be what is wrong about them."""

from collections import defaultdict
from dataclasses import replace
from typing import Generic, TypeVar

from watcher.models import Docket
from watcher.numbers import parse_docket, same_docket

T = TypeVar("T")


def same_number(a: Docket, b: Docket) -> bool:
    """Whether court and number are the same, whatever CourtListener's ids say."""
    return same_docket(replace(a, courtlistener=None), replace(b, courtlistener=None))


class Dockets(Generic[T]):
    """Things kept by docket, found again without comparing each with each."""

    def __init__(self) -> None:
        self._by_number: defaultdict[tuple[str, str], list[tuple[Docket, T]]] = defaultdict(list)

    def add(self, docket: Docket, thing: T) -> None:
        """Keep a thing of a docket."""
        self._by_number[_bucket(docket)].append((docket, thing))

    def like(self, docket: Docket) -> list[T]:
        """What was kept of the same docket, first things first."""
        return [thing for known, thing in self._by_number[_bucket(docket)] if same_number(known, docket)]


def _bucket(docket: Docket) -> tuple[str, str]:
    number = parse_docket(docket.number)
    return docket.court, number.bucket if number else docket.number
