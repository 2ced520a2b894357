"""Exploring: small programs of several processes on the real queue, judged by a model of its documentation."""
