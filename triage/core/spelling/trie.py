"""One pattern for many words, branching letter by letter, so that a miss is noticed at the first letter."""

import re
from collections.abc import Iterable
from typing import Any


def any_of(words: Iterable[str]) -> str:
    """Give a pattern that finds any of the words. A word that opens with another one adds nothing."""
    root: dict[str, Any] = {}
    for word in sorted(words, key=len):
        node = root
        for letter in word:
            if "" in node:
                break
            node = node.setdefault(letter, {})
        else:
            node.clear()
            node[""] = {}
    return _branch(root)


def _branch(node: dict[str, Any]) -> str:
    if not node or "" in node:
        return ""
    ends = "".join(sorted(letter for letter, below in node.items() if "" in below))
    paths = [re.escape(letter) + _branch(below) for letter, below in sorted(node.items()) if "" not in below]
    if len(ends) > 1:
        paths.insert(0, f"[{re.escape(ends)}]")
    elif ends:
        paths.insert(0, re.escape(ends))
    return paths[0] if len(paths) == 1 else f"(?:{'|'.join(paths)})"
