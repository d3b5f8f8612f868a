"""Passwords hashed in no time: a hash that is worth its time takes a fifth of a second, and tests make many.

Importing this changes it for the whole process of the tests; services that they start hash as always.
"""

from pwdlib.hashers.argon2 import Argon2Hasher

from triage.service.signin import PASSWORDS

SHIPPED = PASSWORDS.current_hasher
"""What the program hashes with."""

PASSWORDS.current_hasher = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORDS.hashers = (PASSWORDS.current_hasher,)
