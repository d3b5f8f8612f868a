"""Throw-away private keys as PEM: RSA from seeded primes, Ed25519 from a fixed seed; no program needed."""

import base64
import random
from functools import cache

_SMALL = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def _is_prime(number: int, chance: random.Random) -> bool:
    if any(number % small == 0 for small in _SMALL):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(number, chance.randrange(2, number - 1), odd, twos) for _ in range(16))


def _passes(number: int, base: int, odd: int, twos: int) -> bool:
    value = pow(base, odd, number)
    if value in (1, number - 1):
        return True
    for _ in range(twos - 1):
        value = pow(value, 2, number)
        if value == number - 1:
            return True
    return False


def _prime(bits: int, chance: random.Random) -> int:
    while True:
        number = chance.getrandbits(bits) | (0b11 << bits - 2) | 1
        if number % 65537 != 1 and _is_prime(number, chance):
            return number


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _integer(number: int) -> bytes:
    return _der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _pem(kind: str, der: bytes) -> bytes:
    body = base64.encodebytes(der).decode("ascii")
    return f"-----BEGIN {kind}-----\n{body}-----END {kind}-----\n".encode("ascii")


@cache
def _primes(bits: int) -> tuple[int, int]:
    """Find the primes of a key of that size, which takes half a second."""
    chance = random.Random(bits)  # noqa: S311 - a key that protects nothing
    return _prime(bits // 2, chance), _prime(bits // 2, chance)


def rsa_pem(bits: int = 2048, *, pkcs8: bool = False) -> bytes:
    """An RSA private key, in the old form or as OpenSSL 3 writes it."""
    p, q = _primes(bits)
    e, d = 65537, pow(65537, -1, (p - 1) * (q - 1))
    numbers = (0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    old = _der(0x30, b"".join(map(_integer, numbers)))
    if not pkcs8:
        return _pem("RSA PRIVATE KEY", old)
    oid = bytes.fromhex("300d06092a864886f70d0101010500")
    return _pem("PRIVATE KEY", _der(0x30, _integer(0) + oid + _der(4, old)))


def ed25519_pem(seed: bytes = bytes(range(32))) -> bytes:
    """An Ed25519 private key as OpenSSL writes it."""
    return _pem("PRIVATE KEY", bytes.fromhex("302e020100300506032b657004220420") + seed)
