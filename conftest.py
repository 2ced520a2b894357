"""Loads the plugin for runs with settings of somebody else, which do not name it."""

pytest_plugins = ["queuespec.plugin"]
