"""Numbers of rows in addresses and forms: what no database can count is refused before one is asked."""

from typing import Annotated

from fastapi import Form, Path, Query

LAST = 2**63 - 1
"""The largest number that a row can have."""

LAST_VERSION = 2**31 - 1
"""The largest version that a ticket can have; so large are other small numbers, such as a priority."""

Number = Annotated[int, Path(ge=1, le=LAST)]
Place = Annotated[int, Path(ge=0, le=LAST)]
"""Of a file in its mail, from 0 on."""

After = Annotated[int | None, Query(ge=1, le=LAST)]
"""The row that a list goes on from."""

Version = Annotated[int | None, Form(ge=0, le=LAST_VERSION)]
Since = Annotated[int | None, Query(ge=0, le=LAST_VERSION)]
