"""`watcher db`: the shape of the database."""

import typer

from watcher.cli import tools

app = typer.Typer(no_args_is_help=True, help="Upgrade or check the database's shape.", epilog="Example: watcher db check")


@app.command(epilog="Example: WATCHER_DATABASE_URL=postgresql://localhost/watch watcher db upgrade")
def upgrade() -> None:
    """Run the migrations that are missing. Running it again does nothing."""
    tools.go(_upgrade())
    print("the database is of this version")


@app.command(epilog="Example: watcher db check")
def check() -> None:
    """Say whether the database has this version's shape.

    Exits with 1 where it has not.
    """
    said = tools.go(_check())
    if said is not None:
        typer.echo(said, err=True)
        raise typer.Exit(tools.FAULT)
    print("the database is of this version")


async def _upgrade() -> None:
    from watcher import migrations
    from watcher.app import opening

    async with opening(tools.read_settings()) as database:
        await migrations.upgrade(database)
    await database.dispose()


async def _check() -> str | None:
    from watcher import migrations
    from watcher.app import ANOTHER_VERSION, opening

    async with opening(tools.read_settings(), change=False) as database:
        said = await migrations.drift(database) if await migrations.is_current(database) else ANOTHER_VERSION
    await database.dispose()
    return said
