"""All settings in one file, read from the environment; docs/operate.md explains each variable."""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from mainstay.operate.database import django_database
from mainstay.operate.places import data_folder, secret_key
from mainstay.ui.version import page_version

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_folder()
DEBUG = os.environ.get("MAINSTAY_DEBUG") == "1"
SECRET_KEY = secret_key(DATA_DIR)

# Where people reach the desk; links in mail are made from it, never from the Host header.
SITE_URL = os.environ.get("MAINSTAY_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [h for h in os.environ.get("MAINSTAY_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]
# Where files come from when they have a host of their own, which then serves nothing else; empty: from the desk's.
FILES_URL = os.environ.get("MAINSTAY_FILES_URL", "").rstrip("/")
ALLOWED_HOSTS += [host for host in [urlsplit(FILES_URL).hostname] if host]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
_https = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# With this prefix browsers take the cookie from this very host only, not from a neighbour under the same domain.
_cookie = "__Host-mainstay" if _https else "mainstay"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_cookie}-session", f"{_cookie}-form"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("MAINSTAY_BEHIND_PROXY") == "1" else None
)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

INSTALLED_APPS = [
    "mainstay.ui",  # first: its account pages stand before allauth's own
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(["allauth.socialaccount.providers.saml"] if find_spec("onelogin") else []),  # the extra "saml"
    "csp",
    "django_htmx",
    "lucide",
    "mainstay.jobs",
    "mainstay.live",
    "mainstay.history",
    "mainstay.audit",
    "mainstay.people",
    "mainstay.files",
    "mainstay.company",
    "mainstay.duty",
    "mainstay.notifications",
    "mainstay.catalogue",
    "mainstay.promises",
    "mainstay.tickets",
    "mainstay.escalations",
    "mainstay.writing",
    "mainstay.worklists",
    "mainstay.search",
    "mainstay.satisfaction",
    "mainstay.automation",
    "mainstay.reports",
    "mainstay.channels.email",
    "mainstay.sample",
    "mainstay.desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "mainstay.ui.compression.CompressedText",
    "mainstay.desk.mail.cookieless.CookielessFiles",  # before anything that reads or sets a cookie
    "mainstay.desk.trackers.hooks.TrackerHooks",  # likewise: a tracker has no session and no token of a form
    "mainstay.ui.static_files.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mainstay.desk.middleware.PersonMiddleware",
    "mainstay.desk.security.gate.SecondFactorGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mainstay.desk.context.company",
            ],
        },
    }
]

# --- database, jobs, cache: PostgreSQL is the one engine -----------------------------------------------------------
DATABASES = {"default": django_database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Many entries, and what is over is swept by a job: a full cache would throw out counts of wrong passwords.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "mainstay_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PROCRASTINATE_IMPORT_PATHS = ["mainstay.timetable"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# --- sign-in -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["mainstay.desk.accounts.backend.Backend"]
ACCOUNT_ADAPTER = "mainstay.desk.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# By address first, so that one who is locked out uses up nothing of their colleagues behind the same network address.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "5/5m/key,60/5m/ip"}
ACCOUNT_SESSION_REMEMBER = True
SESSION_ENGINE = "mainstay.company.sessions"
MFA_ADAPTER = "mainstay.desk.accounts.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half-minutes by which a phone's clock may differ
MFA_RECOVERY_CODE_COUNT = 10
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "mainstay.desk.accounts.forms.CodeForm",
    "reauthenticate": "mainstay.desk.accounts.forms.AgainByCodeForm",
    "activate_totp": "mainstay.desk.accounts.forms.AppForm",
    "add_webauthn": "mainstay.desk.accounts.forms.PasskeyForm",
    "edit_webauthn": "mainstay.desk.accounts.forms.PasskeyNameForm",
    "login_webauthn": "mainstay.desk.accounts.forms.SignInByPasskeyForm",
    "authenticate_webauthn": "mainstay.desk.accounts.forms.SecondByPasskeyForm",
    "reauthenticate_webauthn": "mainstay.desk.accounts.forms.AgainByPasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "mainstay.desk.accounts.providers.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_LOGIN_ON_GET = (
    True  # a form may not lead to another site (form-action); the answer is bound to our question
)
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "mainstay.desk.accounts.openid.StaffOpenIDProvider"},
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# --- languages and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "mainstay" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-collected"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = DEBUG
SERVESTATIC_MAX_AGE = 0 if DEBUG else 30 * 86400  # the address of a file is another one in another version
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mainstay.ui.storage.VersionedStaticFiles"},
}
PAGE_VERSION = page_version()  # told on the live stream: pages of another one say that they are old
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- channels: removing one means removing its folder, its line here and its line in INSTALLED_APPS ------------------
CHANNELS = {"email": "mainstay.channels.email.channel.EmailChannel"}

# --- trackers of the developers: removing one means removing its folder and its line here -------------------------------
TRACKERS = {
    "gitlab": "mainstay.trackers.gitlab.tracker.GitLab",
    "github": "mainstay.trackers.github.tracker.GitHub",
    "jira": "mainstay.trackers.jira.tracker.Jira",
}
# Who keeps secrets sealed: while anybody does, a key that is missing is never replaced by a new one.
SEALED_SECRETS = [
    "mainstay.channels.email.mailboxes.queries.has_sealed_secrets",
    "mainstay.escalations.queries.has_sealed_secrets",
    "mainstay.company.queries.has_sealed_secrets",
]

# --- notices to people of the desk: what carries them off the screen, who is on duty, and which page a subject is -------
NOTICE_CARRIERS = {"email": "mainstay.channels.email.notices.MailNotices"}
NOTICE_DUTY = "mainstay.duty.queries.people_on_duty"
NOTICE_PLACES = {"ticket": "desk:ticket", "": "desk:notifications"}
NOTICE_SETTINGS = "desk:preferences"
INVITATION_PLACE = "desk:invitation"  # where an invited colleague chooses a password

# --- rooms that hear what happens to a ticket, in its transaction ------------------------------------------------------
TICKET_HEARERS = [
    "mainstay.tickets.actions.sleeping.hear",
    "mainstay.tickets.actions.following.hear",
    "mainstay.writing.hearing.hear",
    "mainstay.satisfaction.hearing.hear",
    "mainstay.automation.hearing.hear",
]
# --- rooms that keep something of people, which goes along when two records are found to be one -------------------------
PERSON_MOVERS = ["mainstay.tickets.moving.TicketsOfPerson", "mainstay.channels.email.moving.TokensOfPerson"]
ORGANISATION_MOVERS = ["mainstay.tickets.moving.TicketsOfOrganisation"]
RATING_PAGE = "desk:rating"  # the page behind the links in the mail that asks a customer

# --- deeds of macros: each room that can do something to a ticket adds its line; the keys stand in people's macros ---------
DEEDS = {
    "assign": "mainstay.writing.deeds.Assign",
    "nature": "mainstay.writing.deeds.Nature",
    "severity": "mainstay.writing.deeds.Severity",
    "tag": "mainstay.writing.deeds.Label",
    "state": "mainstay.writing.deeds.Become",
}

# The desk's own domain for Message-IDs and reply addresses comes from the policy's e-mail channel.
EMAIL_TRUSTED_RECEIVERS = [name for name in os.environ.get("MAINSTAY_TRUSTED_RECEIVERS", "").lower().split(",") if name]
# The private key by which our mail is signed (DKIM), and its name in the DNS; empty: unsigned.
EMAIL_DKIM_KEY = os.environ.get("MAINSTAY_DKIM_KEY", "")
EMAIL_DKIM_SELECTOR = os.environ.get("MAINSTAY_DKIM_SELECTOR", "")
EMAIL_DKIM_DOMAIN = os.environ.get("MAINSTAY_DKIM_DOMAIN", "")
# For so long a reply waits before it leaves, so that its writer can take it back.
UNDO_SECONDS = int(os.environ.get("MAINSTAY_UNDO_SECONDS", "10"))
EMAIL_RELAY_URL = os.environ.get(
    "MAINSTAY_SMTP_RELAY", ""
)  # smtp://user:password@host:port, smtps://…; empty: local outbox
INTAKE_HOST = os.environ.get("MAINSTAY_SMTP_HOST", "127.0.0.1")
INTAKE_PORT = int(os.environ.get("MAINSTAY_SMTP_PORT", "2525"))
INTAKE_TLS_CERT, INTAKE_TLS_KEY = (
    Path(given) if (given := os.environ.get(name)) else None
    for name in ("MAINSTAY_SMTP_TLS_CERT", "MAINSTAY_SMTP_TLS_KEY")
)
INTAKE_ALLOWS_PLAIN = os.environ.get("MAINSTAY_SMTP_ALLOW_PLAIN", "").lower() in ("1", "true", "yes", "on")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *([FILES_URL] if FILES_URL else [])],
        "frame-src": ["'self'"],  # mail as it was sent, which has a stricter policy of its own
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],  # the one that shows notices when no page of ours is open
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("MAINSTAY_LOG", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
