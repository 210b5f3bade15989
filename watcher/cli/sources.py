"""`watcher sources`: the dockets of a case beside those of the file, and the operator's word on each."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from watcher.models import Docket, Link, Source

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    short_help="Say which dockets a case has.",
    help="Which dockets a case has: what courts named, and what you accept or refuse of it.",
    epilog="Example: watcher sources dockets",
)

Case = Annotated[str, typer.Argument(metavar="CASE", help="Id of the case in sources.toml.", show_default=False)]
Court = Annotated[str, typer.Argument(metavar="COURT", help="Id of the court at CourtListener: mdd, ca4, scotus.", show_default=False)]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The docket's number: 8:25-cv-00951, 25-1345, 24A949.", show_default=False)]


@app.command(epilog="Example: watcher sources dockets --json", short_help="List linked and proposed dockets.")
def dockets(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List the dockets that are linked to cases, by what a court says, and those that are proposed, each with the words and the command
    that undoes or takes it; and those that were refused. What sources.toml has itself is not listed."""
    said = tools.go(_dockets())
    if as_json:
        print(json.dumps({"dockets": said}, ensure_ascii=False))
        return
    for line in lines(said, refused=True) or ["no dockets beside those of the file"]:
        print(line)


@app.command(epilog="Example: watcher sources accept abrego-garcia ca4 25-1345 --courtlistener 69847836 --dry-run")
def accept(
    case: Case,
    court: Court,
    number: Number,
    courtlistener: Annotated[
        int | None,
        typer.Option(metavar="ID", min=1, help="CourtListener's id of the docket: the number in its address there.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the change, and make none.")] = False,
) -> None:
    """Add a docket to a case in sources.toml. Comments and layout stay; a file that would not be right is left as it is.

    The running service takes it at its next look at the file. A docket of the file that has no id of CourtListener gets it.
    """
    with tools.clear_errors():
        for line in _accepted(case, court, number, courtlistener, write=not dry_run):
            print(line)


@app.command(epilog="Example: watcher sources refuse abrego-garcia ca4 25-1345", short_help="Turn a docket down for good.")
def refuse(case: Case, court: Court, number: Number) -> None:
    """Undo a link, or turn a proposal down, for good: the docket is not linked to the case or proposed for it again.

    Its papers that were stored stay as they are. To have it all the same, `watcher sources accept` adds it to sources.toml.
    """
    print(tools.go(_refused(case, court, number)))


def _accepted(case: str, court: str, number: str, courtlistener: int | None, *, write: bool) -> list[str]:
    from watcher import config
    from watcher.config.edits import patch, with_docket
    from watcher.models import Docket

    path = config.sources_path()
    docket = Docket(court=court, number=number, courtlistener=courtlistener)
    before, after = config.rewritten(path, lambda text: with_docket(text, case, docket), write=write)
    lines = [f"{path}: case {case} {'has' if write else 'would have'} {court} {number}"]
    if court != "scotus" and courtlistener is None:
        elsewhere = _with_its_feed(case, docket)
        lines.append(
            f"its feed is known already: the case {elsewhere} of the file has it"
            if elsewhere
            else f"not polled: CourtListener's id of it is not known; watcher sources accept {case} {court} {number} --courtlistener ID"
        )
    return [*lines, *patch(before, after, path.name).splitlines()]


def _with_its_feed(case: str, docket: "Docket") -> str | None:
    """The other case of the file that has the docket with its address, if one has."""
    from watcher import config
    from watcher.config.dockets import same_number

    cases = config.load_rules(config.sources_path()).cases
    return next(
        (each.id for each in cases if each.id != case and any(one.courtlistener and same_number(one, docket) for one in each.dockets)), None
    )


async def _refused(case: str, court: str, number: str) -> str:
    from watcher import config
    from watcher.config.dockets import same_number
    from watcher.config.faults import did_you_mean
    from watcher.errors import ConfigError
    from watcher.models import Docket, Link, Named
    from watcher.storage import StoredFamilies

    path, docket = config.sources_path(), Docket(court=court, number=number)
    cases = {each.id: each for each in config.load_rules(path).cases}
    if case not in cases:
        raise ConfigError(f"case {case!r}: there is none of that id in {path}{did_you_mean(case, cases)}")
    if any(same_number(each, docket) for each in cases[case].dockets):
        raise ConfigError(f"{path} itself gives {court} {number} to the case {case}: take it out there")
    async with tools.opened(change=False) as database:
        families = StoredFamilies(database)
        known = [each for each in await families.links() if each.watch == case and _is(each.docket, docket)]
        link = (
            known[0] if known else Link(watch=case, named=Named(docket=docket, by=docket, how="name", found="", field=""), state="refused")
        )
        await families.refuse(link, await database.now())
    return f"case {case}: {court} {number} is refused" + ("" if known else ", though nothing had named it yet")


def _is(one: "Docket", other: "Docket") -> bool:
    from watcher.families import key_of

    return (one.court, key_of(one)) == (other.court, key_of(other))


async def _dockets() -> list[dict[str, Any]]:
    async with tools.built(change=False) as app:
        return listed(app.current.filed.cases, app.current.in_force.links, app.current.sources.values())


def listed(cases: "Iterable[Any]", links: "Sequence[Link]", sources: "Iterable[Source]") -> list[dict[str, Any]]:
    """What stands of the links beside the file, as a program reads it."""
    from watcher.families import command, reason, standing
    from watcher.numbers import same_docket

    polled = [source.docket for source in sources if source.docket is not None]
    return [
        {
            "watch": link.watch,
            "court": link.docket.court,
            "number": link.docket.number,
            "courtlistener": link.docket.courtlistener,
            "state": link.state,
            "how": link.named.how,
            "because": reason(link.named),
            "document": f"document:{link.named.document}" if link.named.document else None,
            "url": link.named.url,
            "missing": link.named.missing,
            "command": command(link),
            "polled": any(same_docket(link.docket, docket) for docket in polled),
            "at": link.at.isoformat(timespec="seconds") if link.at else None,
        }
        for link in standing(cases, links)
    ]


def lines(said: Sequence[dict[str, Any]], *, refused: bool = False) -> list[str]:
    """The same for the terminal, with the command that undoes or takes each; the refused ones only where asked for."""
    linked, proposed, turned_down = ([each for each in said if each["state"] == state] for state in ("linked", "proposed", "refused"))
    shown = ["dockets linked to cases, for a court names them:"] if linked else []
    for each in linked:
        shown += [f"  {_said(each)}", f"    {each['command']}"]
        if not each["polled"]:
            shown.append(f"    not polled: {_unpolled(each)}")
    shown += ["dockets proposed for cases (`refuse` in the place of `accept` turns one down for good):"] if proposed else []
    for each in proposed:
        shown += [f"  {_said(each)}; {each['missing']}", f"    {each['command']}"]
    if refused and turned_down:
        shown += ["dockets refused:", *(f"  {each['watch']}: {_docket(each)}" for each in turned_down)]
    return shown


def _said(each: dict[str, Any]) -> str:
    from watcher.plain import visible

    paper = f" ({each['document']})" if each["document"] else ""
    return visible(f"{each['watch']}: {_docket(each)}, {each['because']}{paper}")


def _unpolled(each: dict[str, Any]) -> str:
    if each["court"] == "scotus" or each["courtlistener"] is not None:
        return f"no source of kind {'scotus-docket' if each['court'] == 'scotus' else 'docket-feeds'} is enabled"
    from watcher.families import looked_up
    from watcher.models import Docket

    taken = f"watcher sources accept {each['watch']} {each['court']} {each['number']} --courtlistener ID"
    page = looked_up(Docket(court=each["court"], number=each["number"]))
    return f"CourtListener's id of it is not known{f' (the number in its address: {page})' if page else ''}; {taken}"


def _docket(each: dict[str, Any]) -> str:
    given = " ".join(part for part in (each["court"], each["number"]) if part)
    return given or f"courtlistener {each['courtlistener']}"
