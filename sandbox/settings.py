"""Settings of the sandbox: the demo, the tests and the type checker use them.

``SANDBOX_DATA`` (environment) names the folder that keeps the shop's state: the database and
the pictures. ``DATABASE_URL`` puts the database on another PostgreSQL instead.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("SANDBOX_DATA", ROOT / ".state" / "dev")).resolve()

DEBUG = False
#: Signs sign-in tokens of a demo on this machine's own address; not a secret.
SECRET_KEY = os.environ.get("SECRET_KEY", "the sandbox serves a demo on 127.0.0.1")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "sandbox",
    "b2b_overlay",
    "onec_bridge",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "sandbox.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]


def _database() -> dict[str, object]:
    if not (url := os.environ.get("DATABASE_URL")):
        return {
            "ENGINE": "sandbox.postgresql",
            "NAME": "postgres",
            "OPTIONS": {"folder": str(DATA / "pg"), "prepare_threshold": 5},
            # One database per run: several may go at once on the same server.
            "TEST": {"NAME": f"test_shop_{os.getpid()}"},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"prepare_threshold": 5},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "sandbox.User"
#: As strong as Django's default at a tenth of its time: the demo signs in often.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

#: Saleor's.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    }
]

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Moscow"

MEDIA_ROOT = DATA / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"

B2B_SHOP = "sandbox.shop.SandboxShop"
B2B_CHANNEL = "ru"
#: Whom the demo lets watch over prices: floors, prices under them, the exceptions report.
B2B_OVERSEERS = ["admin@shop.example"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SANDBOX_LOG", "WARNING")},
    # A 404 or a wrong password is the client's affair; what breaks here is an ERROR.
    "loggers": {"django.request": {"level": "ERROR"}},
}
