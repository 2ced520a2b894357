"""Queues that do more than they must: each keeps every promise, and goes beyond it in one way.

A rule that refuses one of them takes an accident of the standard library for a promise. A module has a sentence as its
docstring and the classes in place of the standard library's of the same name, as in `queuespec.queues.faults`.
"""
