"""All addresses: each door has its own list."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("mainstay.desk.accounts.urls")),
    path("", include("mainstay.desk.urls")),
]
