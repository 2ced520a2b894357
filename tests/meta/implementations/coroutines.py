"""A queue with methods that are coroutines, and the same wrong in two ways."""

import asyncio
import multiprocessing.queues


class CoroutineQueue(multiprocessing.queues.Queue):
    async def coro_put(self, item):
        await asyncio.get_running_loop().run_in_executor(None, self.put, item)

    async def coro_get(self):
        return await asyncio.get_running_loop().run_in_executor(None, self.get)


class Blocking(CoroutineQueue):
    async def coro_get(self):
        return self.get()


class Hasty(CoroutineQueue):
    async def coro_get(self):
        return None if self.empty() else self.get()
