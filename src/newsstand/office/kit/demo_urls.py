from django.urls import path

from newsstand.office.kit import views

urlpatterns = [
    path("mailbox/", views.mailbox_list, name="mailbox"),
    path("mailbox/<str:name>/", views.mailbox_mail, name="mailbox_mail"),
    path("demo/clock/", views.move_clock, name="demo_clock"),
]
