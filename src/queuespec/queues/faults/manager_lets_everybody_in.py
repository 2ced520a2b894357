"""A manager asks nobody for the key."""

from multiprocessing import connection

BREAKS = {"manager.remote-queue": "should have printed 'AuthenticationError', but it ended: welcome"}


def context(real):
    connection.deliver_challenge = connection.answer_challenge = lambda channel, key: None
    return real
