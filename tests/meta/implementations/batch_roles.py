"""What processes do for the rules in batch_rules.py. They import this module, and the judge does."""


def put_all(queue, items):
    for item in items:
        queue.put(item)


def take(queue, number):
    """Takes this number of items."""
    items = []
    while len(items) < number:
        items += queue.get_many()
    return items
