"""A main program with an authentication key of its own, which its manager and its child have as well."""

from judged import mp

KEY = b"the key of this program"


def answer(requests):
    """Receives a queue through another one and puts an item into it."""
    requests.get().put("welcome")


def main():
    """Has a child answer, and connects to the manager as another program would."""
    mp.current_process().authkey = KEY
    manager = mp.Manager()
    requests, replies = mp.Queue(), manager.Queue()
    requests.put(replies)
    child = mp.Process(target=answer, args=(requests,))
    child.start()
    child.join()
    print("the answer:", replies.get_nowait())
    client = mp.managers.SyncManager(manager.address, KEY, ctx=mp)
    client.connect()
    print("connected")


if __name__ == "__main__":
    main()
