"""What a paper is called, and whose headline says what a court's paper did."""

from tests.papers import article, order
from watcher.labels import reported_as
from watcher.models import Document, Severity


def report(title: str, lang: str = "en", **fields: object) -> Document:
    return article(title, title=title, lang=lang, **fields)


EXPLAINER = report("What to know about the order to bring him back", severity=Severity.URGENT)
PLAIN = report("His family waits", severity=Severity.ROUTINE)
NEWS = report("Judge orders his return", lang="en-US", severity=Severity.URGENT)
LATER = report("Judge orders return of deported man", severity=Severity.URGENT)
SPANISH = report("Jueza ordena su regreso", lang="es", severity=Severity.URGENT)
FILED = order(50, title="Motion")


def test_the_headline_of_a_court_paper_is_news_in_the_readers_language_the_most_pressing_and_first_one() -> None:
    papers = [FILED, EXPLAINER, SPANISH, PLAIN, NEWS, LATER]
    assert reported_as(order(), papers) == NEWS
    assert reported_as(order(), papers, "es") == SPANISH
    assert reported_as(order(), [SPANISH, PLAIN]) == PLAIN
    assert reported_as(order(), [PLAIN, NEWS], "es") == NEWS


def test_no_headline_is_better_than_one_that_says_nothing_of_the_act() -> None:
    assert reported_as(order(), [EXPLAINER, FILED, report("")]) is None
    assert reported_as(NEWS, [LATER]) is None
