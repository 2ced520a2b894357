"""A producer puts five jobs, followed by `None` as the sentinel; a consumer processes them."""

from judged import mp


def produce(queue):
    """Puts the jobs and the sentinel."""
    for number in range(5):
        queue.put(f"job {number}")
    queue.put(None)


def consume(queue):
    """Prints each job until the sentinel arrives."""
    while True:
        job = queue.get()
        if job is None:
            break
        print("working on", job)


if __name__ == "__main__":
    queue = mp.Queue()
    processes = [mp.Process(target=work, args=(queue,)) for work in (produce, consume)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("all done")
