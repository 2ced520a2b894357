"""A program that drops its queue as soon as its child has reported that it holds it."""

import gc

from judged import mp


def work(queue, answers, go):
    """Uses the queue after the parent has dropped it: puts an item, gets it back, and sends it as an answer."""
    answers.put("here")
    go.wait()
    queue.put("still usable")
    answers.put(queue.get())


if __name__ == "__main__":
    queue, answers, go = mp.Queue(), mp.Queue(), mp.Event()
    process = mp.Process(target=work, args=(queue, answers, go))
    process.start()
    answers.get()
    del queue
    gc.collect()
    go.set()
    print(answers.get())
    process.join()
