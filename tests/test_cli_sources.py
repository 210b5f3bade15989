"""`watcher sources`: what courts named is listed with its words; the operator takes it into the file, or refuses it for good."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests import databases
from tests.asking import ask
from tests.papers import NOW
from tests.processes import surroundings
from watcher.cli.sources import lines, listed
from watcher.families import joined
from watcher.models import Docket, Link, Named, Source, Watch
from watcher.storage import StoredFamilies
from watcher.storage.families import put_links

RULES = """
[[source]]
id = "courts"
kind = "docket-feeds"

[[case]]
id = "abrego-garcia"  # the first
title = "Abrego Garcia v. Noem"
dockets = [
    { court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 },
]
"""
MDD = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
WORDS = "USCA Case Number 25-1345 for 4th Circuit"


def link(number: str = "25-1345", missing: str = "", court: str = "ca4") -> Link:
    named = Named(
        docket=Docket(court=court, number=number), by=MDD, how="appeal", found=WORDS, field="summary", end=len(WORDS),
        document="cl:69777799#entry-40", url="https://www.courtlistener.com/docket/69777799/x/#entry-40", missing=missing,
    )  # fmt: skip
    return Link(watch="abrego-garcia", named=named, state="proposed" if missing else "linked")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    environ = surroundings(tmp_path, RULES)
    assert ask(environ, "db", "upgrade").returncode == 0
    return environ


def store(environ: dict[str, str], *links: Link) -> None:
    async def put() -> None:
        database = databases.opened(databases.with_driver(f"sqlite:///{Path(environ['WATCHER_DATA']) / 'habeas-watch.db'}"))
        async with database.writing() as connection:
            await put_links(connection, links, NOW)
        await database.dispose()

    asyncio.run(put())


def test_status_names_what_is_linked_and_proposed_with_the_command_for_each(environ: dict[str, str]) -> None:
    store(environ, link(), link("25-1404", "no court is named"))
    said = ask(environ, "status").stdout.splitlines()
    begin = said.index("dockets linked to cases, for a court names them:")
    assert said[begin : begin + 6] == [
        "dockets linked to cases, for a court names them:",
        f"  abrego-garcia: ca4 25-1345, its appeal: mdd 8:25-cv-00951 says “{WORDS}” (document:cl:69777799#entry-40)",
        "    watcher sources refuse abrego-garcia ca4 25-1345",
        "    not polled: CourtListener's id of it is not known (the number in its address: "
        "https://www.courtlistener.com/?type=r&docket_number=25-1345&court=ca4); "
        "watcher sources accept abrego-garcia ca4 25-1345 --courtlistener ID",
        "dockets proposed for cases (`refuse` in the place of `accept` turns one down for good):",
        f"  abrego-garcia: ca4 25-1404, its appeal: mdd 8:25-cv-00951 says “{WORDS}” (document:cl:69777799#entry-40); no court is named",
    ]
    (first, second) = json.loads(ask(environ, "status", "--json").stdout)["dockets"]
    assert (first["state"], first["court"], first["number"], first["document"], first["polled"]) == (
        "linked", "ca4", "25-1345", "document:cl:69777799#entry-40", False,
    )  # fmt: skip
    assert (second["state"], second["missing"]) == ("proposed", "no court is named")
    assert json.loads(ask(environ, "sources", "dockets", "--json").stdout)["dockets"] == [first, second]


def test_what_is_accepted_is_in_the_file_with_its_comments_and_no_link_any_more(environ: dict[str, str]) -> None:
    store(environ, link())
    file = Path(environ["WATCHER_SOURCES"])
    tried = ask(environ, "sources", "accept", "abrego-garcia", "ca4", "25-1345", "--courtlistener", "69847836", "--dry-run")
    added = '    { court = "ca4", number = "25-1345", courtlistener = 69847836 },'
    assert (tried.returncode, file.read_text()) == (0, RULES)
    assert tried.stdout.splitlines()[0] == f"{file}: case abrego-garcia would have ca4 25-1345"
    assert f"+{added}" in tried.stdout.splitlines()
    done = ask(environ, "sources", "accept", "abrego-garcia", "ca4", "25-1345", "--courtlistener", "69847836")
    assert done.stdout == tried.stdout.replace("would have", "has")
    assert file.read_text() == RULES.replace("},\n]", f"}},\n{added}\n]")
    status = json.loads(ask(environ, "status", "--json").stdout)
    assert (status["dockets"], [source["source"] for source in status["sources"]]) == ([], ["courts/69777799", "courts/69847836"])
    again = ask(environ, "sources", "accept", "abrego-garcia", "ca4", "25-1345")
    assert (again.returncode, again.stderr) == (2, "case abrego-garcia: it has ca4 25-1345 already\n")


def test_an_accepted_docket_whose_feed_is_not_known_says_how_to_add_it(environ: dict[str, str]) -> None:
    said = ask(environ, "sources", "accept", "abrego-garcia", "ca4", "25-1404").stdout.splitlines()
    assert said[1] == (
        "not polled: CourtListener's id of it is not known; watcher sources accept abrego-garcia ca4 25-1404 --courtlistener ID"
    )


def test_an_accepted_docket_that_another_case_has_with_its_address_is_polled_already(environ: dict[str, str]) -> None:
    twin = '[[case]]\nid = "twin"\ntitle = "Twin v. Noem"\ndockets = [{ court = "ca4", number = "25-1404", courtlistener = 69902650 }]\n'
    Path(environ["WATCHER_SOURCES"]).write_text(RULES + twin)
    assert ask(environ, "sources", "accept", "abrego-garcia", "ca4", "25-1404").stdout.splitlines()[1] == (
        "its feed is known already: the case twin of the file has it"
    )


def test_what_is_refused_stays_refused(environ: dict[str, str]) -> None:
    store(environ, link())
    assert ask(environ, "sources", "refuse", "abrego-garcia", "ca4", "25-1345").stdout == "case abrego-garcia: ca4 25-1345 is refused\n"
    store(environ, link())
    assert [each["state"] for each in json.loads(ask(environ, "sources", "dockets", "--json").stdout)["dockets"]] == ["refused"]
    assert "dockets linked" not in ask(environ, "status").stdout
    assert ask(environ, "sources", "dockets").stdout == "dockets refused:\n  abrego-garcia: ca4 25-1345\n"


@pytest.mark.parametrize(
    ("case", "court", "number", "said"),
    [
        ("abrego", "ca4", "25-1345", "case 'abrego': there is none of that id"),
        ("abrego-garcia", "mdd", "8:25-cv-951", "itself gives mdd 8:25-cv-951 to the case abrego-garcia: take it out there"),
    ],
)
def test_what_the_file_says_is_not_refused(environ: dict[str, str], case: str, court: str, number: str, said: str) -> None:
    refused = ask(environ, "sources", "refuse", case, court, number)
    assert refused.returncode == 2
    assert said in refused.stderr


def test_a_docket_that_nothing_named_yet_can_be_refused(environ: dict[str, str]) -> None:
    said = ask(environ, "sources", "refuse", "abrego-garcia", "ca4", "25-1404").stdout
    assert said == "case abrego-garcia: ca4 25-1404 is refused, though nothing had named it yet\n"
    store(environ, link("25-1404"))
    assert [each["state"] for each in json.loads(ask(environ, "sources", "dockets", "--json").stdout)["dockets"]] == ["refused"]


def test_without_links_nothing_is_said(environ: dict[str, str]) -> None:
    assert ask(environ, "sources", "dockets").stdout == "no dockets beside those of the file\n"


def test_a_linked_docket_that_has_an_address_is_polled_and_says_no_more() -> None:
    case = Watch(id="abrego-garcia", kind="case", title="Abrego Garcia v. Noem", dockets=(MDD,))
    supreme = replace(link("24A949", court="scotus"), at=NOW)
    (watch,) = joined((case,), (supreme,))
    source = Source(id="supreme/24A949", kind="scotus-docket", url="https://x.example/", every=NOW - NOW, docket=watch.dockets[1])
    assert [line for line in lines(listed((case,), (supreme,), (source,))) if "not polled" in line] == []
    assert lines(listed((case,), (supreme,), ()))[-1] == "    not polled: no source of kind scotus-docket is enabled"


def test_the_words_of_a_court_cannot_turn_the_terminal_around() -> None:
    case = Watch(id="abrego-garcia", kind="case", title="Abrego Garcia v. Noem", dockets=(MDD,))
    hostile = link()
    hostile = replace(hostile, named=replace(hostile.named, found="USCA \x1b[31m\u202e25-1345"))
    assert all(line.isprintable() for line in lines(listed((case,), (hostile,), ())))


async def test_links_are_stored_once_and_only_change_from_proposed_to_linked_and_back(database_url: str) -> None:
    database = databases.opened(database_url)
    families = StoredFamilies(database)
    try:
        for links in ((link(missing="no court is named"),), (link(),), (link(),)):
            async with database.writing() as connection:
                await put_links(connection, links, NOW)
        other = replace(link(), named=replace(link().named, found="MANDATE of USCA, 4th Circuit, USCA Case Number 25-1345"))
        async with database.writing() as connection:
            await put_links(connection, [other], NOW)
        assert await families.links() == (replace(link(), at=NOW),)  # what said so first goes on to say so
        async with database.writing() as connection:
            await put_links(connection, [link(missing="says it no more")], NOW)
        assert await families.links() == (replace(link(missing="says it no more"), at=NOW),)
        await families.refuse(link(), NOW)
        async with database.writing() as connection:
            await put_links(connection, [link()], NOW)
        assert [each.state for each in await families.links()] == ["refused"]
    finally:
        await database.dispose()
