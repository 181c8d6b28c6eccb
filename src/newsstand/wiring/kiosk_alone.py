"""The application of `newsstand kiosk`'s workers, imported after the spawn. No Django is loaded here."""

from newsstand.kiosk.alone import Away
from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.house import House
from newsstand.kiosk.together import KioskFirst
from newsstand.rules.gate.passes import KeyRing
from newsstand.shelf.shelf import open_shelf
from newsstand.wiring.env import Environment, data_directory
from newsstand.wiring.renewal import RenewalCall


def application() -> KioskFirst:
    """The kiosk on this installation's shelf, with the office at its configured address."""
    data = data_directory()
    environment = Environment(data)
    keys = tuple(key.encode() for key in environment.required("pass_keys"))
    house = House(
        shelf=open_shelf(data / "shelf"),
        ring=KeyRing(keys),
        secure=environment.site_url.startswith("https://"),
        proxies=environment.trusted_proxies,
    )
    return KioskFirst(Kiosk(house, renew=RenewalCall(environment.office_url, keys[0])), behind=Away(house))
