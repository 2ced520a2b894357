"""Makes round trips in threads of a pool; each queue is used by several of them: ``in_a_pool.py KIND``."""

import sys
from concurrent.futures import ThreadPoolExecutor

from judged import mp
from round_trip import make_round_trip

ITEMS = 20


def main():
    """Makes a queue and a round trip in a thread, and passes items from one thread to another."""
    kind = sys.argv[1]
    with ThreadPoolExecutor(1) as pool:
        queue = pool.submit(getattr(mp, kind)).result()
        pool.submit(make_round_trip, kind).result()
    with ThreadPoolExecutor(2) as pool:
        getting = [pool.submit(queue.get) for _ in range(ITEMS)]
        for item in range(ITEMS):
            queue.put(item)
        if sorted(one.result() for one in getting) != list(range(ITEMS)):
            raise SystemExit("other items arrived")


if __name__ == "__main__":
    main()
