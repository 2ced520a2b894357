"""Creates and uses a queue, and prints a list of the handlers that ran as if this process had been forked."""

import json
import os
import sys

from judged import mp


def main():
    """Registers the handlers, uses the queue, and prints the names of those that ran in this process."""
    ran = []
    os.register_at_fork(before=lambda: ran.append("before"), after_in_parent=lambda: ran.append("after_in_parent"))
    queue = getattr(mp, sys.argv[1])()
    queue.put("item")
    assert queue.get() == "item"
    print("found", json.dumps(ran), flush=True)


if __name__ == "__main__":
    main()
