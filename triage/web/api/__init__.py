"""The API: what programs may ask with a token, below /api/v1."""
