"""How it is connected: settings, addresses, entry points, command line."""
