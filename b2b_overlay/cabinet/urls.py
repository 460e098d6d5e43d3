"""The site map of the cabinet. Namespace ``b2b``, wherever the shop mounts it."""

from __future__ import annotations

from django.urls import path

from . import assets, sign_in

app_name = "b2b"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("language/", sign_in.language, name="language"),
    path("assets/<str:name>", assets.asset, name="asset"),
]
