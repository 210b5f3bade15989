"""`watcher`: one module a command. Heavy modules are imported inside commands, so that `--help` is quick."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from watcher import __version__
from watcher.cli import check, db, demo, feedback, match, poll, replay, run, sources, status, stories, subscribers, why


class Commands(TyperGroup):
    """Says in plain words what is wrong with an argument."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = plain(error.message)
            raise


def plain(message: str) -> str:
    """What the library says of an argument, in the words that we use for settings."""
    said = message.removeprefix("Value error, ").removesuffix(".")
    kind, comma, _ = said.removeprefix("Input should be ").partition(", unable to parse")
    return f"must be {kind}" if comma else said.replace("Input should be", "must be")


def _version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


app = typer.Typer(
    name="watcher",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watch the Federal Register, court dockets and news for the foreign imprisonment of citizens, and tell who asked to know.",
    epilog="Example: watcher demo (without any account or network)",
)


@app.callback()
def _watcher(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    """Options before any command."""


app.command(short_help="Poll, match, tell, answer and serve.", epilog="Example: watcher run --role poll --role deliver")(run.run)
app.command(short_help="Show it working, without network.", epilog="Example: watcher demo --pace 1 --end")(demo.demo)
app.command(short_help="Name every fault of sources.toml.", epilog="Example: watcher check my-sources.toml")(check.check)
app.command(short_help="Look at sources once, and tell nobody.", epilog="Example: watcher poll hrw --json")(poll.poll)
app.command(short_help="Say what the rules find in documents.", epilog="Example: watcher match items.jsonl > said.jsonl")(match.match)
app.command(short_help="Say which documents belong together.", epilog="Example: watcher stories items.jsonl > said.jsonl")(stories.stories)
app.command(short_help="Say why something was told.", epilog="Example: watcher why story:17 --for mailto:ann@example.org")(why.why)
app.command("why-not", short_help="Say why a web address was not.", epilog="Example: watcher why-not https://example.org/article")(
    why.why_not
)
app.command(short_help="Say what other rules would have told.", epilog="Example: watcher replay --since 30d --sources new.toml")(
    replay.replay
)
app.command(short_help="Show how sources and outbox are doing.", epilog="Example: watcher status --json")(status.status)
app.command(short_help="Show what readers found relevant.", epilog="Example: watcher feedback --since 30d --patch feedback.patch")(
    feedback.feedback
)
app.add_typer(sources.app, name="sources")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(db.app, name="db")


def main() -> None:
    """The command `watcher`."""
    app()
