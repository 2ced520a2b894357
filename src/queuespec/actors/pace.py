"""Shows how fast a machine is: starts as a judged process does, passes bytes through a pipe, and prints how long that
took, in seconds for each byte."""

import multiprocessing.connection  # noqa: F401  # what other judged processes import
import os
import pickle
import threading
import time

BYTES = 1 << 22


def main() -> None:
    """Passes the bytes as a queue does: one thread pickles and writes them, another reads and unpickles them."""
    reader, writer = (os.fdopen(number, mode) for number, mode in zip(os.pipe(), ("rb", "wb")))

    def send() -> None:
        with writer:
            pickle.dump(bytes(BYTES), writer)

    begun = time.monotonic()
    sender = threading.Thread(target=send)
    sender.start()
    with reader:
        pickle.load(reader)
    sender.join()
    print((time.monotonic() - begun) / BYTES)


if __name__ == "__main__":
    main()
