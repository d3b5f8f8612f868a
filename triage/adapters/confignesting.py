"""The shape of config.toml: sections with keys, and one section, [mailboxes], that holds sections itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from triage.adapters.configmailbox import FURTHER


def sections_of(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every section; what stands in the place of one and is none is left for the classes to refuse."""
    for name, keys in values.items():
        inner = keys.values() if name == FURTHER and isinstance(keys, dict) else (keys,)
        yield from (one for one in inner if isinstance(one, dict))


def each_section(
    values: Mapping[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """Give the same with every section changed."""

    def changed(keys: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        return change(keys) if isinstance(keys, dict) else keys

    return {
        name: {box: changed(inner) for box, inner in keys.items()}
        if name == FURTHER and isinstance(keys, dict)
        else changed(keys)
        for name, keys in values.items()
    }


def nested_name(place: Sequence[int | str]) -> tuple[list[str], str]:
    """Give the section, in parts, and the key that an error of pydantic is about; either may be empty."""
    parts = [str(part) for part in place]
    deep = 2 if parts[:1] == [FURTHER] else 1
    return parts[:deep], parts[deep] if len(parts) > deep else ""
