"""The addresses of the sandbox bank, below /sandbox/."""

from django.urls import path

from newsstand.office.billing.gateways.sandbox.views import CardPage, SecurePage

app_name = "sandbox"
urlpatterns = [
    path("card/<slug:ref>/", CardPage.as_view(), name="card"),
    path("secure/<slug:ref>/", SecurePage.as_view(), name="secure"),
]
