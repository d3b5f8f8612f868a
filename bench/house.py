"""Measures the house: how long files and functions are, what is typed and told, which floor asks which.

    .venv/bin/python bench/house.py

The last table names what is written once and mentioned nowhere else in the program: dead code, unless
something outside calls it (a route, a command, a framework).
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "triage"
LONG_FILE, LONG_FUNCTION = 400, 40
FLOORS = ("cli", "web", "service", "adapters", "db", "core")
TOP = "top"
"""What stands beside the floors: the application, the clockwork, the ports."""

Callable = ast.FunctionDef | ast.AsyncFunctionDef
Named = Callable | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the program."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path as a person calls it."""
        return str(self.path.relative_to(ROOT))

    @property
    def floor(self) -> str:
        """The floor that it stands on."""
        folder = self.path.relative_to(PACKAGE).parts[0]
        return folder if folder in FLOORS else TOP

    def functions(self) -> Iterator[Callable]:
        """Give every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, Callable):
                yield node


def sources() -> list[Source]:
    """Read the program."""
    paths = sorted(PACKAGE.rglob("*.py"))
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths]
    return [Source(path, text, ast.parse(text)) for path, text in texts]


def length(node: Callable) -> int:
    """Count the lines of a function without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (node.end_lineno or node.lineno) - body[0].lineno + 1


def spread(numbers: Sequence[int]) -> str:
    """Give median, 95th percentile and greatest."""
    ordered = sorted(numbers)
    return f"median {median(ordered):.0f}, p95 {ordered[int(len(ordered) * 0.95)]}, greatest {ordered[-1]}"


def typed(node: Callable) -> tuple[int, int]:
    """Count what could be typed of a function, parameters and result, and what is."""
    found = node.args
    given = [*found.posonlyargs, *found.args, *found.kwonlyargs, *filter(None, (found.vararg, found.kwarg))]
    given = [one for one in given if one.arg not in {"self", "cls"}]
    return sum(one.annotation is not None for one in given) + (node.returns is not None), len(given) + 1


def told(program: Sequence[Source]) -> tuple[int, int]:
    """Count modules, public classes and public functions, and how many have a docstring."""
    public: list[ast.Module | Named] = []
    for source in program:
        public.append(source.tree)
        bodies = [source.tree.body, *(one.body for one in source.tree.body if isinstance(one, ast.ClassDef))]
        public += [
            node
            for body in bodies
            for node in body
            if isinstance(node, Named) and not node.name.startswith("_")
        ]
    return sum(ast.get_docstring(node) is not None for node in public), len(public)


def imports(program: Sequence[Source]) -> Counter[tuple[str, str]]:
    """Count which floor imports from which, by statements."""
    found: Counter[tuple[str, str]] = Counter()
    for source in program:
        for node in ast.walk(source.tree):
            module = node.module if isinstance(node, ast.ImportFrom) and node.module else ""
            if module.startswith("triage"):
                part = [*module.split("."), ""][1]
                found[source.floor, part if part in FLOORS else TOP] += 1
    return found


def mentioned_once(program: Sequence[Source]) -> Iterator[str]:
    """Give what is defined at the top of a module and whose name stands nowhere else."""
    words = Counter(word for source in program for word in re.findall(r"\w+", source.text))
    pages = (PACKAGE / "web" / "templates").rglob("*.html")
    words.update(word for page in pages for word in re.findall(r"\w+", page.read_text(encoding="utf-8")))
    for source in program:
        for node in source.tree.body:
            if isinstance(node, Named) and words[node.name] == 1 and not node.decorator_list:
                yield f"{source.name}:{node.lineno} {node.name}"


def main() -> None:
    """Print the figures."""
    program = sources()
    lengths = {source.name: source.text.count("\n") for source in program}
    functions = [(length(node), source, node) for source in program for node in source.functions()]
    shares = [typed(node) for _, _, node in functions]
    with_words, public = told(program)
    print(f"files      {len(program)}, lines: {spread(list(lengths.values()))}")
    print(f"functions  {len(functions)}, lines: {spread([one for one, _, _ in functions])}")
    print(f"typed      {sum(one for one, _ in shares)} of {sum(all_ for _, all_ in shares)}")
    print(f"told       {with_words} of {public} modules, public classes and functions have a docstring")
    for name, lines in sorted(lengths.items(), key=lambda pair: -pair[1]):
        if lines > LONG_FILE:
            print(f"long file      {lines:>5}  {name}")
    for lines, source, node in sorted(functions, key=lambda one: -one[0]):
        if lines > LONG_FUNCTION:
            print(f"long function  {lines:>5}  {source.name}:{node.lineno} {node.name}")
    found = imports(program)
    print("\nimports    " + "".join(f"{floor:>10}" for floor in (*FLOORS, TOP)))
    for floor in (*FLOORS, TOP):
        print(f"{floor:<11}" + "".join(f"{found[floor, other] or '.':>10}" for other in (*FLOORS, TOP)))
    print("\nmentioned once")
    for one in mentioned_once(program):
        print(f"  {one}")


if __name__ == "__main__":
    main()
