from django.urls import path

from newsstand.office.edition import views

urlpatterns = [path("assets/<str:name>", views.asset, name="asset")]
