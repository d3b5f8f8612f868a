"""Pure values and functions: no network, no disk, no database, no clock, no randomness."""
