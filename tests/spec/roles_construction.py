"""Roles of the chapter on construction: they inspect a queue from the outside, and what it raises."""

import inspect
import queue as thread_queue


def missing_among(holder, names):
    """The names that are not attributes of the object."""
    return [name for name in names if not hasattr(holder, name)]


def found_among(holder, names):
    """The names that are attributes of the object."""
    return [name for name in names if hasattr(holder, name)]


def is_an_instance_of_the_class_of(queue, other):
    return isinstance(queue, type(other))


def is_a_class(module, name):
    return inspect.isclass(getattr(module, name))


def is_true(queue):
    return bool(queue)


def kind_of_the_class_with_a_parameter(queue):
    """The name of the type that results from subscripting the class of the queue."""
    return type(type(queue)[int]).__name__


def raises_the_very_class(queue, method, args, name):
    """Whether the call raises an exception of exactly the class that the module `queue` exports under this name."""
    try:
        getattr(queue, method)(*args)
    except Exception as error:
        return type(error) is getattr(thread_queue, name)
    return False


def classes_of_the_time_out(queue, method, args):
    """The names of all classes that the exception raised by the call is an instance of."""
    try:
        getattr(queue, method)(*args)
    except Exception as error:
        return [cls.__name__ for cls in type(error).__mro__]
    return []


def put_numbers_without_waiting(queue, count):
    for number in range(count):
        queue.put_nowait(number)


def put_until_full(queue, most):
    """Puts up to `most` items without waiting, until the queue is full; returns how many it accepted."""
    for number in range(most):
        try:
            queue.put_nowait(number)
        except thread_queue.Full:
            return number
    return most
