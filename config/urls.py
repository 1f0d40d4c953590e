"""All addresses: each door has its own list."""

from allauth.account import views as account
from django.urls import include, path

urlpatterns = [
    # Only what staff need of the account pages: nobody signs up, and passwords are reset by an administrator's command.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("", include("mainstay.desk.urls")),
]
