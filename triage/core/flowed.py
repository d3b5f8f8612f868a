"""Text with ``format=flowed`` (RFC 3676): a line that ends in a space goes on in the next."""

_SIGNATURE = "-- "


def unflow(text: str, *, delete_space: bool) -> str:
    """Join what was folded; ``delete_space`` where the folding added the spaces (``DelSp=yes``)."""
    paragraphs: list[str] = []
    pieces: list[str] = []
    open_quote: str | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        # the space after the quote marks was stuffed in by the sender (§4.4)
        quote, rest = line[:depth], line[depth:].removeprefix(" ")
        # an empty line ends a paragraph, even where the one before it says that it goes on
        if open_quote != quote or rest in {_SIGNATURE, ""}:
            paragraphs.append("".join(pieces))
            pieces = [f"{quote} " if quote else ""]
        flows = rest.endswith(" ") and rest != _SIGNATURE
        pieces.append(rest[:-1] if flows and delete_space else rest)
        open_quote = quote if flows else None
    return "\n".join([*paragraphs[1:], "".join(pieces)])
