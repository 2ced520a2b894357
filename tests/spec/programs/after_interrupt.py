"""Interrupts all processes of this program, as Ctrl-C does, and uses a queue that is created only afterward."""

import os
import signal
import sys
import time

from judged import HOLD_SECONDS, mp


def add(queue, answers, word):
    """Gets a word and answers with both."""
    answers.put(f"{queue.get()} and {word}")


def passed(kind, word):
    """Creates queues and passes a word through a child of their own."""
    queue, answers = (getattr(mp, kind)() for _ in range(2))
    child = mp.Process(target=add, args=(queue, answers, "after"))
    child.start()
    queue.put(word)
    answer = answers.get()
    child.join()
    return answer


def main():
    """Prints the word that comes back after the interrupt."""
    kind = sys.argv[1]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # background programs inherit that it is ignored
    passed(kind, "warm up")
    try:
        os.killpg(0, signal.SIGINT)
        time.sleep(HOLD_SECONDS)
    except KeyboardInterrupt:
        print(passed(kind, "before"), flush=True)


if __name__ == "__main__":
    main()
