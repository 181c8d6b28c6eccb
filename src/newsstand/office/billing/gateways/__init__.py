"""Payment gateways: one folder each, all behind the one interface of base.py."""
