"""The command line: ``serve``, ``index``, ``export`` and ``check``. The only module that knows every room.

What a command needs is imported when it runs, so that ``--help`` is instant.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contentapi import __version__
from contentapi.errors import ContentApiError

if TYPE_CHECKING:
    from contentapi.index.store import Progress
    from contentapi.model import Diagnostic
    from contentapi.publish.export import Summary
    from contentapi.settings import Settings

_FOLDER = click.argument("folder", required=False, type=click.Path(path_type=Path))
_INDEX = click.option(
    "--index", type=click.Path(path_type=Path), help="Where the index is kept (else the user's cache)."
)
#: So many addresses a line names at most.
_MOST_NAMED = 10
_CONFIG = click.option("--config", type=click.Path(path_type=Path), help="A contentapi.toml outside the folder.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="contentapi")
def main() -> None:
    """A headless content API for content kept as Markdown with front matter.

    FOLDER is the content folder: any folder of Markdown, or a Jekyll site (./content unless given).
    """


@main.command()
@_FOLDER
@click.option("--host", help="The address to listen on (127.0.0.1).")
@click.option("--port", type=int, help="The port to listen on (8000; 0 takes a free one).")
@click.option("--workers", type=int, help="How many processes answer (1).")
@_INDEX
@_CONFIG
@click.option("--watch/--no-watch", default=None, help="Follow changes of the folder (on).")
@click.option(
    "--poll/--no-poll", default=None, help="Look for changes again and again, where the system tells of none."
)
@click.option("--direct/--no-direct", default=None, help="Write finished answers without going through uvicorn (on).")
@click.option("--drain", type=int, help="Seconds for which /readyz says 503 before it ends (1).")
@click.option("--grace", type=int, help="Seconds after which it has ended at the latest (10).")
def serve(folder: Path | None, config: Path | None, **flags: object) -> None:
    """Index FOLDER and serve it, following its changes."""
    with _told():
        from contentapi import serve as service

        settings = _settings(folder, config, flags)
        sys.exit(service.run(settings, lambda address: _announce(settings, address)))


def _announce(settings: Settings, address: str) -> None:
    with suppress(OSError):  # whoever started it may not be listening
        click.echo(f"contentapi serves {settings.folder} at {address}")


@main.command()
@_FOLDER
@_INDEX
@_CONFIG
@click.option("--confirm", is_flag=True, help="More than half of the documents are meant to be gone.")
def index(folder: Path | None, index: Path | None, config: Path | None, confirm: bool) -> None:
    """Make the index of FOLDER, once."""
    with _told():
        from contentapi.index import writer

        settings = _settings(folder, config, {"index": index})
        with _progress() as progress:
            report = writer.write_once(
                settings.folder, settings.index, settings.site, progress=progress, careful=not confirm
            )
        click.echo(
            f"{report.seen} files seen, {report.parsed} parsed, {report.removed} removed in {report.seconds:.2f} s; "
            f"revision {report.revision}; index {settings.index}"
        )


@main.command()
@_FOLDER
@click.option(
    "--to", required=True, metavar="DIR", type=click.Path(path_type=Path), help="The folder to write, all of it ours."
)
@click.option("--public-url", metavar="URL", help="The address at which the files will be reached.")
@_INDEX
@_CONFIG
def export(folder: Path | None, to: Path, public_url: str | None, index: Path | None, config: Path | None) -> None:
    """Write the API of FOLDER as files, for nginx, an object store or a CDN.

    Makes the index first, as `contentapi index` does. What has not changed since the last export is left alone, what is no
    longer there is removed. Exits with 0 when everything is there, 1 when some addresses are not (it says which), 2 when
    nothing was written.
    """
    with _told(), ExitStack() as stack:
        from contentapi.publish.export import export as publish

        if public_url is not None and index is None:
            # Another address makes other answers; the index of those who serve the folder is theirs.
            index = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contentapi-"))) / "index.db"
        settings = _settings(folder, config, {"index": index, "public_url": public_url})
        _indexed(settings)
        with _progress("Exporting") as progress:
            done = publish(settings, to, progress=progress)
        _summarise(done, settings, to)
        sys.exit(1 if done.failed else 0)


def _indexed(settings: Settings) -> None:
    """Makes the index equal to the folder; where a running service does that, it is taken as it is."""
    from contentapi.errors import IndexLocked
    from contentapi.index import writer

    try:
        with _progress() as progress:
            writer.write_once(settings.folder, settings.index, settings.site, progress=progress)
    except IndexLocked as error:
        click.echo(f"contentapi: {error} Its last state is exported.", err=True)


def _summarise(done: Summary, settings: Settings, to: Path) -> None:
    """Prints what was written to standard output, and what was not, with the reasons."""
    files = done.changes
    click.echo(
        f"{done.addresses} addresses in {files.files} files ({files.bytes / 1e6:.1f} MB), {files.written} written, "
        f"{files.removed} removed; revision {done.revision}; {to}"
    )
    reasons: dict[str, list[str]] = {}
    for address, reason in done.left:
        reasons.setdefault(reason, []).append(address)
    for reason, addresses in reasons.items():
        click.echo(f"Left out, as {reason}: {', '.join(addresses)}")
    if done.renamed:
        click.echo(f"{len(done.renamed)} addresses whose files only headers.json names: {_some(done.renamed)}")
    if settings.site.api is None:
        click.echo(f"No public address is configured: embeds and oEmbed say {settings.listening} (--public-url).")
    if done.due is not None:
        when = dt.datetime.fromtimestamp(done.due, dt.UTC).isoformat(timespec="seconds")
        click.echo(f"Something scheduled appears at {when}: export again then.")
    for address, reason in done.failed:
        click.echo(f"contentapi: {address} is missing: {reason}", err=True)


def _some(names: Sequence[str]) -> str:
    """The first of many names."""
    return ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")


@main.command()
@_FOLDER
@_CONFIG
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option(
    "--format", "style", type=click.Choice(["text", "github", "json", "sarif"]), default="text", help="How to print."
)
def check(folder: Path | None, config: Path | None, strict: bool, style: str) -> None:
    """List every problem of the content in FOLDER.

    Exits with 0 when there is no error, 1 when there is one (with --strict: or a warning), 2 for wrong use.
    """
    with _told():
        from contentapi import report

        settings = _settings(folder, config, {})
        found = _diagnose(settings)
        click.echo(report.render(found, style, color=style == "text" and sys.stdout.isatty()), nl=False)
        sys.exit(1 if report.fails(found, strict=strict) else 0)


def _diagnose(settings: Settings) -> list[Diagnostic]:
    from contentapi.index import diagnostics, writer
    from contentapi.index.reader import Index

    with tempfile.TemporaryDirectory(prefix="contentapi-") as scratch, _progress() as progress:
        path = Path(scratch) / "index.db"
        writer.write_once(settings.folder, path, settings.site, progress=progress)
        held = Index(path, settings.site)
        try:
            with held.reading() as reader:
                return diagnostics.every(reader, private=True)
        finally:
            held.close()


def _settings(folder: Path | None, config: Path | None, flags: Mapping[str, object]) -> Settings:
    from contentapi import settings

    return settings.load(folder, config=config, flags=flags)


@contextmanager
def _told() -> Iterator[None]:
    """A failure of contentapi is a sentence on standard error and exit code 2, never a trace."""
    try:
        yield
    except ContentApiError as error:
        click.echo(f"contentapi: {error}", err=True)
        sys.exit(2)


@contextmanager
def _progress(what: str = "Indexing") -> Iterator[Progress | None]:
    """A progress bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    class Shown:
        task = TaskID(0)

        def start(self, total: int) -> None:
            self.task = bar.add_task(what, total=total)

        def step(self) -> None:
            bar.advance(self.task)

    with Bar(console=Console(stderr=True), transient=True) as bar:
        yield Shown()
