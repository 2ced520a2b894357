"""A process that is left alone with a queue of size one; it ends because of its timeouts."""

import queue

from judged import mp

if __name__ == "__main__":
    bounded = mp.Queue(maxsize=1)
    try:
        for number in range(2):
            bounded.put(number, timeout=0.2)
    except queue.Full:
        print("nobody takes anything")
    bounded.get()
    try:
        bounded.get(timeout=0.2)
    except queue.Empty:
        print("nobody brings anything")
