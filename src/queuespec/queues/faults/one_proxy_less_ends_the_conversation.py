"""When a proxy is dropped, the connection that the others use is closed."""

from multiprocessing import managers

BREAKS = {"manager.other-proxy-dropped": "should have returned, but it raised OSError"}

decref = vars(managers.BaseProxy)["_decref"].__func__


def drop(*details):
    decref(*details)
    connections = details[-3]
    if hasattr(connections, "connection"):
        connections.connection.close()


def manager(context):
    managers.BaseProxy._decref = staticmethod(drop)
    return context.Manager()
