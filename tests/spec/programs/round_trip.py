"""Sends an item to a child and back, through two new queues; run by itself, it does so once."""

from judged import mp


def bring_back(there, back):
    """Gets the item and puts it into the other queue."""
    back.put(there.get())


def make_round_trip(kind="Queue", target=bring_back):
    """Sends the item; a failed child ends this program. Everything that is made here is closed again."""
    there, back = (getattr(mp, kind)() for _ in range(2))
    child = mp.Process(target=target, args=(there, back))
    child.start()
    there.put("item")
    child.join()
    if child.exitcode != 0:
        raise SystemExit(f"the child ended with exit code {child.exitcode}")
    if back.get() != "item":
        raise SystemExit("another item came back")
    for queue in (there, back):
        queue.close()
        if hasattr(queue, "join_thread"):
            queue.join_thread()


if __name__ == "__main__":
    make_round_trip()
    print("the item is back")
