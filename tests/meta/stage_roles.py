"""Roles for tests of the stage itself."""

import os
import threading


def echo(value):
    return value


def thread_count():
    return threading.active_count()


def leave_a_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def die_when_told(queue):
    queue.get()
    os._exit(7)


def put_and_wait_for_ever(queue):
    queue.put("die")
    threading.Event().wait()
