"""A child that was forked runs the exit hooks of its parent as well."""

import atexit
from typing import Any

START_METHODS = ("fork",)
BREAKS = {"exit.hooks-of-parent": "should have printed nothing but 'the exit hook has run"}

register = atexit.register
hooks: list[Any] = []


def register_and_remember(hook, *args, **kwargs):
    hooks.append((hook, args, kwargs))
    return register(hook, *args, **kwargs)


def process(context, *, target, **kwargs):
    def with_hooks(*args):
        target(*args)
        for hook, words, named in hooks:
            hook(*words, **named)

    return context.Process(target=with_hooks, **kwargs)


vars(atexit).update(register=register_and_remember)
