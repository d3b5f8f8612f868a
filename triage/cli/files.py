"""triage mails attachment: what is attached to a stored mail, and one of its files written to disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from triage.cli.choices import English, whole_number
from triage.cli.output import print_table
from triage.core.filenames import safe_name
from triage.errors import NotFoundError, RefusalError

STANDARD_OUTPUT = Path("-")


def attachment(
    ctx: typer.Context,
    mail: Annotated[int, typer.Argument(parser=whole_number(), help="The number of a mail.")],
    file: Annotated[
        int | None, typer.Argument(parser=whole_number(), help="The number of a file in it; else list them.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The file or folder to write to, or - for standard output.", metavar="FILE"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    english: English = False,
) -> None:
    """Write one attachment of a mail, taken from its raw bytes; without a number, list what there is."""
    # explain shares this module and needs no database
    from triage.cli.context import database_of
    from triage.core.filelist import describe_files
    from triage.core.parse import parts_of, read_mail
    from triage.db import mails

    with database_of(ctx) as database, database.read() as connection:
        stored = mails.raw_of(connection, mail)
    if stored is None:
        raise NotFoundError(f"There is no mail {mail}; triage mails list shows what there is.")
    read = read_mail(stored[1])
    parts = parts_of(read, stored[1])
    if file is None:
        told = [described.as_json() for described in describe_files(read, parts)]
        print_table(
            ("file", "name", "type", "bytes", "details"), _rows(told, english=english), empty="No files."
        )
        return
    if file > len(parts):
        raise NotFoundError(
            f"Mail {mail} has no file {file}; triage mails attachment {mail} shows what there is."
        )
    chosen, provide = parts[file - 1]
    _write(provide(), _target(out, safe_name(chosen.name, file)), force=force)


def files_of(told: list[dict[str, Any]], *, english: bool) -> Iterator[tuple[str, str]]:
    """Give the attachments of a mail as labels and texts; ``told`` is what ``explain --json`` says."""
    for number, name, kind, size, details in _rows(told, english=english):
        yield f"file {number}", ", ".join(filter(None, (str(name) or "–", kind, f"{size:,} bytes", details)))


def _rows(told: list[dict[str, Any]], *, english: bool) -> Iterator[tuple[int, str, str, int, str]]:
    from triage.core.filekinds import KINDS

    for number, one in enumerate(told, 1):
        kind = KINDS.get(one.get("detected", ""))
        shown = (kind.en if english else kind.vi) if kind else one["type"]
        yield number, one["name"], shown, one["size"], "; ".join(_details(one, english=english))


def _details(one: dict[str, Any], *, english: bool) -> Iterator[str]:
    yield one["role"]
    if one.get("from_archive"):
        yield f"from {one['from_archive']}"
    if one.get("about"):
        yield one["about"]
    if one.get("inside"):
        more = f" … +{one['inside_more']}" if one.get("inside_more") else ""
        yield f"[{', '.join(one['inside'])}{more}]"
    for note in one.get("note", ()):
        yield note["text_en" if english else "text"]


def _target(out: Path | None, name: str) -> Path:
    if out is None:
        return Path(name)
    return out / name if out.is_dir() else out


def _write(data: bytes, target: Path, *, force: bool) -> None:
    if target == STANDARD_OUTPUT:
        typer.get_binary_stream("stdout").write(data)
        return
    try:
        with target.open("wb" if force else "xb") as written:
            written.write(data)
    except FileExistsError:
        raise RefusalError(f"{target} is there already; --force writes over it.") from None
    except OSError as error:
        raise RefusalError(f"{target} cannot be written: {error.strerror}.") from None
    typer.echo(f"{target}: {len(data):,} bytes")
