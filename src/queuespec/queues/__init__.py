"""Queues that are wrong, or better than they must be, in one way each: the suite is judged by them.

`queuespec.queues.declare` says how to write one. They run in judged processes: standard library only.
"""
