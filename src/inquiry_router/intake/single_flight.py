"""Let only one of several equal inquiries through at a time."""

import asyncio


class SingleFlight:
    """A context that lets the first of equal inquiries in and keeps the others waiting for it.

    The unique key in the database would reject the others too; this spares the database and the
    classifier the load.
    """

    def __init__(self, under_way: dict[str, asyncio.Future[None]], keys: tuple[str, ...]) -> None:
        self._under_way = under_way
        self._keys = tuple(dict.fromkeys(keys))

    async def __aenter__(self) -> bool:
        """Return True if another inquiry was waited for: it is stored now, or it failed."""
        waited = False
        while (
            other := next(
                (self._under_way[key] for key in self._keys if key in self._under_way), None
            )
        ) is not None:
            await asyncio.shield(other)
            waited = True
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way.update(dict.fromkeys(self._keys, self._done))
        return waited

    async def __aexit__(self, *_: object) -> None:
        for key in self._keys:
            del self._under_way[key]
        self._done.set_result(None)
