"""The networks of the board, made ready once for as long as the board holds them."""

from newsstand.rules.gate.networks import Network, NetworkTable


class KnownNetworks:
    """Keeps the table of the networks it was asked for last."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[Network, ...], NetworkTable] = ((), NetworkTable(()))

    def table(self, networks: tuple[Network, ...]) -> NetworkTable:
        """The table of these networks; the board gives the same object until it changes."""
        kept, table = self._kept
        if kept is networks:
            return table
        table = NetworkTable(networks)
        self._kept = (networks, table)
        return table
