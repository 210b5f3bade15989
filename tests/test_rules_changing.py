"""Watches that come and go while others are judged: nobody waits while an index is made."""

import threading
from collections.abc import Callable, Iterator

from watcher.match import Rules
from watcher.models import Document, Group, Match, Term, Watch
from watcher.own import own_watch

EXILE = Watch(id="exile", kind="doctrine", title="Exile", terms=(Term(text="exile"),))
DOCUMENT = Document(key="d", text="Munaf v. Geren, in exile")


class Names(tuple[str, ...]):
    """Names that tell when somebody reads them, as who makes an index does."""

    read: Callable[[], None] | None = None

    def __iter__(self) -> Iterator[str]:
        if self.read is not None:
            self.read()
        return super().__iter__()


def test_others_are_judged_while_an_index_is_made_anew() -> None:
    names = Names(("Rasul v. Bush",))
    rules = Rules([Watch(id="rasul", kind="case", title="Rasul", names=names), EXILE, own_watch(1, "Munaf v. Geren")])
    seen: list[tuple[str, ...]] = []

    def look() -> None:
        thread = threading.Thread(target=lambda: seen.append(rules.judge(DOCUMENT).watches), daemon=True)
        thread.start()
        thread.join(20)  # not reached but by a fault: the other thread waits for nobody

    names.read = look
    rules.drop("own-1")
    assert seen == [("exile", "own-1")]
    assert rules.judge(DOCUMENT).watches == ("exile",)


def test_what_comes_while_an_index_is_made_anew_is_in_it() -> None:
    names = Names(("Rasul v. Bush",))
    rules = Rules([Watch(id="rasul", kind="case", title="Rasul", names=names), EXILE])
    adding = threading.Thread(target=lambda: rules.add(own_watch(2, "Munaf v. Geren")), daemon=True)
    names.read = adding.start
    rules.drop("exile")
    adding.join(20)
    assert rules.judge(DOCUMENT).watches == ("own-2",)


def test_a_card_names_a_phrase_once_however_many_terms_stand_beside_it() -> None:
    group = Group(name="removal", terms=(Term(text="deported"),))
    terms = tuple(Term(text=text, near="removal", weight=0.8) for text in ("Eswatini", "citizen"))
    watch = Watch(id="removal", kind="doctrine", title="Removal", terms=terms, needs=(group,), groups=(group,))
    (card,) = Rules([watch]).judge(Document(key="d", text="A citizen was deported to Eswatini")).matches
    assert isinstance(card, Match)
    assert [(each.term, each.score) for each in card.because] == [("Eswatini", 0.8), ("citizen", 0.8), ("removal: deported", 0.0)]
