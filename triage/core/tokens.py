"""Random tokens: what is stored of one is its hash, so that a copy of the database opens nothing."""

from hashlib import sha256


def hash_of(token: str) -> str:
    """Give what is stored of a random token of 112 bits or more (ASVS 5.0, 6.5.2)."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
