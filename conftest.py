# As well as in the settings: for runs with settings of somebody else.
pytest_plugins = ["queuespec.plugin"]
