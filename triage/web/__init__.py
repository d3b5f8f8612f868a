"""Web pages: they translate, they never decide."""
