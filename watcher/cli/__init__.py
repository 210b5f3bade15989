"""`watcher`: one module a command. Heavy modules are imported inside commands, so that `--help` is quick."""

import typer

from watcher.cli import check, db, demo, match, poll, run, status, stories, subscribers

app = typer.Typer(
    name="watcher",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Watch the Federal Register, court dockets and news for the foreign imprisonment of citizens, and tell who asked to know.",
    epilog="Try it without any account or network: watcher demo",
)
app.command(epilog="Example: watcher run --role poll --role deliver")(run.run)
app.command(epilog="Example: watcher demo --pace 1 --end")(demo.demo)
app.command(epilog="Example: watcher check my-sources.toml")(check.check)
app.command(epilog="Example: watcher poll hrw --json")(poll.poll)
app.command(epilog="Example: watcher match items.jsonl > said.jsonl")(match.match)
app.command(epilog="Example: watcher stories items.jsonl > said.jsonl")(stories.stories)
app.command(epilog="Example: watcher status --json")(status.status)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(db.app, name="db")


def main() -> None:
    """The command `watcher`."""
    app()
