"""Stylesheet, script and pictures of the desk: named by what is in them, so that a browser may keep them."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, its type, and the address that changes with it."""

    content: bytes
    type: str
    address: str


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    address = f"/static/{path.stem}.{sha256(content).hexdigest()[:12]}{path.suffix}"
    return Asset(content, _TYPES[path.suffix], address)


ASSETS: Mapping[str, Asset] = {
    path.name: _read(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES
}
_BY_ADDRESS = {asset.address: asset for asset in ASSETS.values()}

router = APIRouter()


@router.get("/static/{name}")
def asset(name: str) -> Response:
    """Give one file to everybody; there is nothing secret in it."""
    found = _BY_ADDRESS.get(f"/static/{name}")
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, media_type=found.type, headers=headers)


def address_of(name: str) -> str:
    """Give the address of a file by its plain name."""
    return ASSETS[name].address
