"""A process that is left alone at a queue with room for one item: time-outs bring it to its end."""

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
