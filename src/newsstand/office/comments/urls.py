from django.urls import path

from newsstand.office.comments import views

urlpatterns = [path("<str:article_id>/", views.comment, name="comment")]
