"""Tables of figures: printed, and put between two markers of a page."""

from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs/reference/recognising.md"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its columns padded so that it reads as well on a terminal."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([f"| {lines[0]} |", f"|{rule}|", *(f"| {line} |" for line in lines[1:])])


def write(page: Path, name: str, text: str) -> None:
    """Put a text between `<!-- NAME -->` and `<!-- end of NAME -->` of a page, in the place of what is there.

    Raises ValueError where the page has no such markers.
    """
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = page.read_text("utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page}: no {begin} with {end} after it")
    page.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", "utf-8")


def number(value: float) -> str:
    """Three figures, or all of a whole number: 0.0123, 4.56, 1,234."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def against(value: float, goal: float, *, most: bool = False) -> str:
    """A figure and whether it reaches its goal, from below (`most`: from above)."""
    met = value <= goal if most else value >= goal
    return f"{number(value)} ({'at most' if most else 'goal'} {number(goal)}: {'met' if met else 'missed'})"
