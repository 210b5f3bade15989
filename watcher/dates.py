"""Dates as sources write them, read without a crash: RFC 822 and 3339, W3C, two-digit years, months in ten languages, a day alone."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

FIRST_YEAR = 1971  #: earlier is a field nobody filled in (0001-01-01, 1970-01-01): no date
LAST_YEAR = 2200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WASHINGTON = ZoneInfo("America/New_York")  #: the day of the Federal Register and of the Supreme Court

_LONGEST = 100  # characters; a longer text is no date
_MONTHS: dict[str, int] = {}
for _names in (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago set oct nov dic",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "janv fevr mars avr mai juin juil aout sept oct nov dec",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "janner feber maerz apr mai jun jul aug sept okt nov dez",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "янв фев мар апр май июн июл авг сен окт ноя дек",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "januar februar mars april maj juni juli augusti september oktober november desember",
):
    _MONTHS |= {name: number for number, name in enumerate(_names.split(), start=1) if name not in _MONTHS}

_ZONES = {
    -10: "hst", -9: "akst", -8: "pst akdt", -7: "mst pdt", -6: "cst mdt", -5: "est cdt cot pet", -4: "edt ast", -3: "brt art",
    0: "z ut utc gmt wet", 1: "cet met bst west", 2: "cest mest eet", 3: "eest msk", 9: "jst kst", 10: "aest", 11: "aedt",
}  # fmt: skip
_HOURS = {name: hours for hours, names in _ZONES.items() for name in names.split()}
_PLACES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:t(\d\d):?(\d\d):?(\d\d)?)?")
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.]| ?[年년] ?)(\d{1,2})(?:[-/.]| ?[月월] ?)(\d{1,2})(?!\d)")
_NUMBERS_ONLY = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2})[:h](\d\d)(?::(\d\d))?(?:[.,]\d+)?(?:\s*([ap])\.?m\b)?(?![\d:])")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d\d)?(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")
_DAY_NUMBER = re.compile(r"(?<!\d)\d{1,4}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date that a source gave."""

    at: datetime  #: aware UTC; of a day alone that day's midnight UTC, so that `at.date()` is the day named
    day_only: bool  #: no hour was given
    midnight: bool = False  #: an hour was given, and it is 00:00 where the source is: many mean the day
    day: date  #: the day as the source names it, in its own zone


def moment(text: str | None, *, now: datetime, day_first: bool = False) -> Moment | None:
    """Read a date. None where there is none that a reader would trust; never raises.

    Args:
        now: decides the century of a two-digit year: the latest that is not beyond next year.
        day_first: `05/04/2026` is the fifth of April; else the fourth of May, as American sources write it.
    """
    if not text or len(text) > _LONGEST:
        return None
    plain = _simple(text)
    try:
        return _epoch(plain) or _read(plain, now, day_first)
    except (ValueError, OverflowError):  # the 31st of February, the hour 25, the year 9999 with an offset
        return None


def _simple(text: str) -> str:
    """Lower case, no diacritics, no comment in brackets, one blank between words."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign) or sign == "\u0306")
    return " ".join(re.sub(r"\([^()]*\)", " ", unicodedata.normalize("NFC", bare)).lower().split())


def _read(text: str, now: datetime, day_first: bool) -> Moment | None:
    compact = _COMPACT.match(text)
    if compact and (compact[4] or len(text) == 8):
        clock = time(int(compact[4]), int(compact[5]), min(int(compact[6] or 0), 59)) if compact[4] else None
        return _moment(date(int(compact[1]), int(compact[2]), int(compact[3])), clock, _zone(text[compact.end() :]))
    found = _day(text, now, day_first)
    if found is None:
        return None
    day, rest = found
    clock_found = _CLOCK.search(rest)
    if clock_found is None:
        return _moment(day, None, UTC)
    clock_time, days = _clock(clock_found)
    return _moment(day + timedelta(days=days), clock_time, _zone(rest[clock_found.end() :]))


def _day(text: str, now: datetime, day_first: bool) -> tuple[date, str] | None:
    """Find the day; and what is left of the text, where the hour and the zone are."""
    if found := _YEAR_FIRST.search(text):
        return date(int(found[1]), int(found[2]), int(found[3])), text[found.end() :]
    if found := _NUMBERS_ONLY.search(text):
        first, second, year = int(found[1]), int(found[3]), _year(found[4], now)
        swapped = first <= 12 and (second > 12 or not (day_first or found[2] == "."))
        return date(year, first if swapped else second, second if swapped else first), text[found.end() :]
    return _worded_day(text, now)


def _worded_day(text: str, now: datetime) -> tuple[date, str] | None:
    """Find a day whose month is a word: `24 nov 2026`, `November 24, 2026`, `24-Nov-26`, `24 de noviembre de 2026`."""
    months = [word for word in _WORD.finditer(text) if word[0] in _MONTHS]
    if not months:
        return None
    month = months[-1] if len(months) > 1 and months[-1].end() < len(text) else months[0]  # `mar, 24 nov 2026`: Spanish Tuesday comes first
    clock = _CLOCK.search(text)
    without = (
        text
        if clock is None
        else text[: clock.start()] + " " * (clock.end() - clock.start()) + _OFFSET.sub(lambda o: " " * len(o[0]), text[clock.end() :])
    )
    numbers = [number[0] for number in _DAY_NUMBER.finditer(without)]
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if not days or not (years or len(days) > 1):
        return None
    day, year = int(days[0]), _year(years[0] if years else days[1], now)
    rest = text if clock is None else text[clock.start() :]
    return date(year, _MONTHS[month[0]], day), rest if clock else ""


def _year(digits: str, now: datetime) -> int:
    """Give a two-digit year its century; RFC 2822, 4.3, was written when 49 was far."""
    year = int(digits)
    if len(digits) > 2:
        return year
    this = now.year - now.year % 100 + year
    return this if this <= now.year + 1 else this - 100


def _clock(found: re.Match[str]) -> tuple[time, int]:
    """Read the hour; and how many days it adds, since 24:00 is the next day's midnight (ISO 8601)."""
    hour, minute, second = int(found[1]), int(found[2]), min(int(found[3] or 0), 59)  # a leap second is the second before
    if found[4] and hour <= 12:
        hour = hour % 12 + (12 if found[4] == "p" else 0)
    if hour == 24 and not minute and not second:
        return time(0), 1
    return time(hour, minute, second), 0


def _zone(text: str) -> tzinfo:
    """Read the zone that follows an hour; UTC where there is none, or none that is known."""
    if offset := _OFFSET.search(text):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return UTC if minutes > 18 * 60 else timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    for word in _WORD.findall(text):
        if word in _HOURS:
            return timezone(timedelta(hours=_HOURS[word]))
        if word in _PLACES:
            return ZoneInfo(_PLACES[word])
    return UTC


def _moment(day: date, clock: time | None, zone: tzinfo) -> Moment | None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    if clock is None:
        return Moment(at=datetime.combine(day, time(), UTC), day_only=True, day=day)
    at = datetime.combine(day, clock, zone).astimezone(UTC)
    return Moment(at=at, day_only=False, midnight=clock == time(), day=day)


def _epoch(text: str) -> Moment | None:
    """Seconds or milliseconds since 1970, as some JSON feeds give them."""
    if not _EPOCH.fullmatch(text):
        return None
    at = datetime.fromtimestamp(int(text) / (1000 if len(text) > 10 else 1), UTC)
    return Moment(at=at.replace(microsecond=0), day_only=False, day=at.date()) if at.year >= FIRST_YEAR else None
