from django.urls import path

from newsstand.office.accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("register/", views.register_reader, name="register"),
    path("sign-in/code/", views.type_code, name="sign_in_code"),
    path("sign-in/code/new/", views.send_another_code, name="sign_in_new_code"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("account/", views.account_page, name="account"),
    path("account/name/", views.change_name, name="account_name"),
]
