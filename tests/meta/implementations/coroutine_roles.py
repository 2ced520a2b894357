"""What processes do for the rules in coroutine_rules.py: run an event loop until a coroutine has ended."""

import asyncio


def awaits(queue, method, *args):
    """Calls a method of the queue, and awaits the result."""

    async def call():
        return await getattr(queue, method)(*args)

    return asyncio.run(call())


def gets_from_another_task(queue, item):
    """Gets an item that a second task puts while the first one waits for it."""

    async def both():
        getting = asyncio.ensure_future(queue.coro_get())
        await asyncio.sleep(0)  # the first task begins
        await queue.coro_put(item)
        return await getting

    return asyncio.run(both())
