from django.urls import path

from newsstand.office.access import views

urlpatterns = [
    path("gift/<str:article_id>/", views.give, name="give_story"),
    path("gift/<uuid:gift_id>/take-back/", views.take_back, name="take_back_gift"),
    path("why/<str:article_id>/", views.why, name="why"),
]
