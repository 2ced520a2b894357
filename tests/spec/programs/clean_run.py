"""A program that shares queues of every kind with a process and exits properly."""

from judged import mp


def work(queue, joinable, simple):
    """Takes a task, marks it as done, and puts an item into each of the other queues."""
    joinable.get()
    joinable.task_done()
    simple.put("more")
    queue.put("from the child")


if __name__ == "__main__":
    queue, joinable, simple = mp.Queue(), mp.JoinableQueue(), mp.SimpleQueue()
    joinable.put("work")
    process = mp.Process(target=work, args=(queue, joinable, simple))
    process.start()
    simple.get()
    joinable.join()
    print(queue.get())
    process.join()
