"""Folder names in the server's own spelling, and making a folder that is missing."""

from contextlib import suppress

from triage.adapters.imap_gate import Gate, ServerRefusedError

_NO_MAIL_INSIDE = frozenset({"\\noselect", "\\nonexistent"})


def find_folder(gate: Gate, wanted: str) -> tuple[str, bool]:
    """Give the name under which the server has, or would have, a folder, and whether it is there.

    ``/`` in ``wanted`` stands for the server's separator, and the prefix of the user's namespace is added
    where it is missing; a folder that is called exactly ``wanted`` comes first.
    """
    name = _spelled(gate, wanted)
    for candidate in dict.fromkeys((wanted, name)):
        if _is_there(gate, candidate):
            return candidate, True
    return name, False


def ensure_folder(gate: Gate, wanted: str) -> str:
    """Give the server's name of a folder, made and subscribed to where it was missing."""
    name, is_there = find_folder(gate, wanted)
    if is_there:
        return name
    try:
        _create(gate, name)
    except ServerRefusedError:
        # Servers without NAMESPACE may still keep all folders below INBOX.
        separator = _separator(gate)
        if separator is None or name.upper().startswith("INBOX"):
            raise
        name = f"INBOX{separator}{name}"
        _create(gate, name)
    with suppress(ServerRefusedError):
        gate.subscribe(name)
    return name


def _create(gate: Gate, name: str) -> None:
    try:
        gate.create(name)
    except ServerRefusedError as refusal:
        # Another node may have been faster; older servers say so in words only.
        if "EXISTS" not in refusal.said.upper() and not _is_there(gate, name):
            raise


def _is_there(gate: Gate, name: str) -> bool:
    # The wildcards of LIST may make it answer with other folders.
    return any(
        found == name and not flags & _NO_MAIL_INSIDE for flags, _separator, found in gate.folders(name)
    )


def _spelled(gate: Gate, wanted: str) -> str:
    prefix, separator = _namespace(gate)
    name = wanted if separator is None else wanted.replace("/", separator)
    return name if name.upper().startswith(prefix.upper()) else prefix + name


def _namespace(gate: Gate) -> tuple[str, str | None]:
    if gate.can("NAMESPACE"):
        with suppress(ServerRefusedError):
            return gate.personal_namespace() or ("", _separator(gate))
    return "", _separator(gate)


def _separator(gate: Gate) -> str | None:
    for _flags, separator, _name in gate.folders(""):
        return separator
    return None
