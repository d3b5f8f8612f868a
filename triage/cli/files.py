"""triage mails attachment: what is attached to a stored mail, and one of its files written to disk."""

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.choices import English, whole_number
from triage.cli.filelines import rows_of
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
            ("file", "name", "type", "bytes", "details"), rows_of(told, english=english), empty="No files."
        )
        return
    if file > len(parts):
        raise NotFoundError(
            f"Mail {mail} has no file {file}; triage mails attachment {mail} shows what there is."
        )
    chosen, provide = parts[file - 1]
    _write(provide(), _target(out, safe_name(chosen.name, file)), force=force)


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
