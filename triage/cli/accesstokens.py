"""triage access-token: what token_command in config.toml may run."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.callback()
def _apart() -> None:
    """Keep access-token a command of its own."""


@app.command("access-token")
def access_token(
    url: Annotated[str, typer.Option(help="The token endpoint of the provider.")],
    client_id: Annotated[str, typer.Option(help="The name of the program there.")],
    client_secret_file: Annotated[
        Path | None, typer.Option(help="The file with the secret of the program.", metavar="FILE")
    ] = None,
    refresh_token_file: Annotated[
        Path | None,
        typer.Option(
            help="The file with a refresh token; without one the program asks for itself.", metavar="FILE"
        ),
    ] = None,
    scope: Annotated[str, typer.Option(help="What is asked for.")] = "",
) -> None:
    """Print an access token of OAuth 2, as token_command of [mailbox] and [smtp] wants it."""
    from triage.adapters.tokenendpoint import fetch_token, secret_in

    form = {"client_id": client_id, "grant_type": "client_credentials"}
    if client_secret_file:
        form["client_secret"] = secret_in(client_secret_file)
    if refresh_token_file:
        form |= {"grant_type": "refresh_token", "refresh_token": secret_in(refresh_token_file)}
    if scope:
        form["scope"] = scope
    typer.echo(fetch_token(url, form))
