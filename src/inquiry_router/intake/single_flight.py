"""Equal inquiries at the same moment: one goes through, the others wait for it."""

import asyncio


class SingleFlight:
    """Lets the first of several equal inquiries through and keeps the others waiting until it is stored.

    The database would sort them out too, by its unique key; this spares it, and the classifier, the storm.
    """

    def __init__(self, under_way: dict[str, asyncio.Future[None]], keys: tuple[str, ...]) -> None:
        self._under_way = under_way
        self._keys = keys

    async def __aenter__(self) -> bool:
        """Returns whether there was another one to wait for: then it has come before, or failed."""
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
