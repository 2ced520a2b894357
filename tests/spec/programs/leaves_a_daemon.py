"""A program that exits while its daemonic child has more to send than anybody reads."""

from judged import mp


def work(queue, has_put):
    """Puts a short item and a large one, which does not fit into a pipe."""
    queue.put("it works")
    queue.put("x" * 2_000_000)
    has_put.set()


if __name__ == "__main__":
    queue, has_put = mp.Queue(), mp.Event()
    process = mp.Process(target=work, args=(queue, has_put), daemon=True)
    process.start()
    has_put.wait()
    if queue.get() != "it works":
        raise SystemExit("the queue does not work at all")
