"""The demo publication: The Brackwater Lantern, its stories and its pictures."""

STAFF_EMAIL = "editor@demo.example"
