"""A manager keeps a queue that no proxy refers to."""

from multiprocessing import managers

BREAKS = {"manager.lifetime-proxies": "should have raised Exception, but it returned None"}


class Server(managers.Server):
    def decref(self, c, ident):
        pass


class Manager(managers.SyncManager):
    _Server = Server


def manager(context):
    started = Manager(ctx=context)
    started.start()
    return started
