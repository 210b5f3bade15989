"""`watcher subscribers`: who is told, from the operator's side."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from alerts.storage import Listed

app = typer.Typer(no_args_is_help=True, help="Who is told: add, list, remove, export, forget.")

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="telegram:CHAT, telegram:CHAT/THREAD, mailto:NAME@HOST or console:")]


class Cadence(StrEnum):
    now = "now"
    daily = "daily"
    weekly = "weekly"


class Floor(StrEnum):
    routine = "routine"
    notable = "notable"
    urgent = "urgent"


@app.command(epilog="Example: watcher subscribers add mailto:ann@example.org --follow cecot --follow due-process --cadence daily")
def add(
    address: Address,
    follow: Annotated[list[str], typer.Option(help="A topic's id; repeat it. `all` means every topic.")],
    cadence: Annotated[Cadence, typer.Option(help="At once, or in a digest.")] = Cadence.now,
    floor: Annotated[Floor, typer.Option(help="Tell nothing less pressing than this.")] = Floor.routine,
    lang: Annotated[str, typer.Option(help="en or es.")] = "en",
    zone: Annotated[str, typer.Option(help="Time zone of digests and quiet hours.")] = "UTC",
    hour: Annotated[int, typer.Option(min=0, max=23, help="Hour of the digest, in that zone.")] = 7,
    second: Annotated[str | None, typer.Option(help="Told when the first address fails.")] = None,
) -> None:
    """Let an address follow topics, from now on. Following again changes cadence and floor."""
    tools.go(_add(address, follow, cadence, floor, lang=lang, zone=zone, hour=hour, second=second))
    print(f"{address} follows {', '.join(follow)}")


@app.command("list", epilog="Example: watcher subscribers list --json")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List every subscriber with what it follows."""
    listed = tools.go(_list())
    if as_json:
        print(json.dumps([_plain(each) for each in listed], ensure_ascii=False))
        return
    for each in listed:
        follows = ", ".join(f"{sub.watch} ({sub.cadence}, {sub.floor.label})" for sub in each.subscriptions) or "nothing"
        parked = f"  [parked: {each.subscriber.parked}]" if each.subscriber.parked else ""
        print(f"{each.subscriber.address}  {follows}{parked}")


@app.command(epilog="Example: watcher subscribers remove telegram:12345 --follow cecot")
def remove(
    address: Address,
    follow: Annotated[list[str] | None, typer.Option(help="End these topics only; else all.", show_default=False)] = None,
) -> None:
    """End what an address follows, and keep its settings and history. `forget` deletes those as well."""
    count = tools.go(_remove(address, follow))
    print(f"{address}: {count} subscriptions ended")


@app.command(epilog="Example: watcher subscribers export mailto:ann@example.org > ann.json")
def export(address: Address) -> None:
    """Print all that is stored about an address, as JSON."""
    stored = tools.go(_export(address))
    if stored is None:
        typer.echo(f"{address}: nothing is stored about it", err=True)
        raise typer.Exit(tools.FAULT)
    print(json.dumps(stored, ensure_ascii=False, indent=2))


@app.command(epilog="Example: watcher subscribers forget telegram:12345")
def forget(address: Address) -> None:
    """Delete all that is stored about an address."""
    if not tools.go(_forget(address)):
        typer.echo(f"{address}: nothing was stored about it", err=True)
        raise typer.Exit(tools.FAULT)
    print(f"{address}: forgotten")


async def _add(
    address: str, follow: list[str], cadence: Cadence, floor: Floor, *, lang: str, zone: str, hour: int, second: str | None
) -> None:
    from alerts import models
    from watcher.models import Severity

    async with tools.built() as built:
        watches = _known(follow, [watch.id for watch in built.current.rulebook.watches])
        who = models.Address.parse(address)
        other = models.Address.parse(second) if second else None
        now = await built.database.now()
        await built.book.add(who, now, lang=lang, zone=_zone(zone), digest_hour=hour, second=other)
        await built.book.follow(who, watches, now, cadence=models.Cadence(cadence.value), floor=Severity[floor.name.upper()])


def _known(asked: list[str], ids: list[str]) -> list[str]:
    """The ids asked for, `all` spelt out.

    Raises:
        ConfigError: naming each that is not known, with the nearest.
    """
    from watcher.config.faults import did_you_mean
    from watcher.errors import ConfigError

    if faults := [f"topic {name!r}: not known{did_you_mean(name, ids)}" for name in asked if name != "all" and name not in ids]:
        raise ConfigError(*faults)
    return ids if "all" in asked else asked


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from watcher.errors import ConfigError

    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(f"zone {name!r}: not known; write one like America/New_York") from error


async def _list() -> list["Listed"]:
    from alerts.storage import Book

    async with tools.opened() as database:
        return await Book(database).everybody()


async def _remove(address: str, follow: list[str] | None) -> int:
    from alerts import models
    from alerts.storage import Book

    async with tools.opened() as database:
        return await Book(database).unfollow(models.Address.parse(address), follow)


async def _export(address: str) -> dict[str, Any] | None:
    from alerts import models
    from alerts.storage import Book

    async with tools.opened() as database:
        return await Book(database).export(models.Address.parse(address))


async def _forget(address: str) -> bool:
    from alerts import models
    from alerts.storage import Book

    async with tools.opened() as database:
        return await Book(database).forget(models.Address.parse(address))


def _plain(each: "Listed") -> dict[str, Any]:
    return {
        "address": str(each.subscriber.address),
        "second": str(each.subscriber.second) if each.subscriber.second else None,
        "lang": each.subscriber.lang,
        "zone": each.subscriber.zone,
        "digest_hour": each.subscriber.digest_hour,
        "parked": each.subscriber.parked,
        "follows": [{"watch": sub.watch, "cadence": sub.cadence.value, "floor": sub.floor.label} for sub in each.subscriptions],
    }
