"""A queue that clients reach by address and key: one puts, one gets, and one with a wrong key is rejected."""

import queue

from judged import mp

KEY = b"the key of this queue"

published: queue.Queue[str] = queue.Queue()


def published_queue():
    """Returns the queue that the server process publishes."""
    return published


class Publisher(mp.managers.BaseManager):
    """Registers one queue under the name `jobs`."""


Publisher.register("jobs", callable=published_queue)


def client(address, key):
    """Connects to the server and returns a proxy for its queue."""
    found = Publisher(address=address, authkey=key)
    found.connect()
    return found.jobs()


def greet(address):
    """Puts an item, as a client with the right key."""
    client(address, KEY).put("welcome")


if __name__ == "__main__":
    publisher = Publisher(("127.0.0.1", 0), KEY, ctx=mp)
    publisher.start()
    greeter = mp.Process(target=greet, args=(publisher.address,))
    greeter.start()
    greeter.join()
    print("another client got:", client(publisher.address, KEY).get())
    try:
        client(publisher.address, b"another key")
    except Exception as error:
        print(type(error).__name__)
    publisher.shutdown()
