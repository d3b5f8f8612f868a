"""What libraries that read other people's records raise where these make no sense."""

NONSENSE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)
"""What dkimpy and pyspf pass on where a signature, key or policy is nonsense.

Broken base64 is a ValueError.
"""
