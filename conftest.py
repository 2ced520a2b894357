pytest_plugins = ["queuespec.plugin"]
