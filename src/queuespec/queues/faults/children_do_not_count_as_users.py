"""A manager is not told that a child which was forked uses a queue as well."""

from multiprocessing import managers

START_METHODS = ("fork",)
BREAKS = {"manager.kept-by-child": "should have returned 0, but it returned 1"}


def forget_the_manager(proxy):
    proxy._manager = None


def manager(context):
    managers.BaseProxy._after_fork = forget_the_manager
    return context.Manager()
