"""Django's settings, made from the installation's environment (`env.py`). Nothing else reads the environment."""

from pathlib import Path

from newsstand.wiring.env import Environment, data_directory, database, mail_server
from newsstand.wiring.versions import mark_of_static_files

DATA = data_directory()
ENVIRONMENT = Environment(DATA)

SECRET_KEY = ENVIRONMENT.required("secret_key")
PASS_KEYS = tuple(key.encode() for key in ENVIRONMENT.required("pass_keys"))
SITE_URL = ENVIRONMENT.site_url.rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = ENVIRONMENT.hosts
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_HTTPS else []
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
ALLOW_SANDBOX_PAYMENTS = ENVIRONMENT.allow_sandbox_payments
# How long a view may wait for the worker to show its effect before it redirects, in seconds.
OUTBOX_WAIT = 1.0

SHELF_DIR = DATA / "shelf"
MAILBOX_DIR = DATA / "mailbox"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "media"
STATIC_URL = f"/static/{mark_of_static_files()}/"
MEDIA_URL = "/media/"

DATABASES = {
    "default": database(ENVIRONMENT.database_url, DATA / "newsstand.sqlite3"),
    "sandbox": database(ENVIRONMENT.sandbox_database_url, DATA / "sandbox.sqlite3"),
}
DATABASE_ROUTERS = ["newsstand.office.billing.gateways.sandbox.router.SandboxRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "newsstand.office.insights",
    "newsstand.office.edition",
    "newsstand.office.comments",
    "newsstand.office.ads",
    "newsstand.office.access",
    "newsstand.office.articles",
    "newsstand.office.billing",
    "newsstand.office.billing.gateways.sandbox",
    "newsstand.office.accounts",
    "newsstand.office.kit",
    "wagtail.contrib.forms",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "newsstand.office.accounts.apps.StaffUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "newsstand.office.kit.middleware.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "newsstand.office.accounts.middleware.PassMiddleware",
]

ROOT_URLCONF = "newsstand.wiring.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsstand.office.kit.page_context.page_context",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "newsstand.office.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
# The code that signs a reader in is the proof of the address; there is no second one.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# The e-mail address is unique without regard to case, by a constraint that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/account/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_COOKIE_NAME = "newsstand_session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
CSRF_COOKIE_NAME = "newsstand_csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kit_cache"}}

if ENVIRONMENT.mail_url.startswith("mailbox:"):
    EMAIL_BACKEND = "newsstand.office.kit.mailbox.MailboxBackend"
else:
    globals().update(mail_server(ENVIRONMENT.mail_url))
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

WAGTAIL_SITE_NAME = "Newsstand"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILIMAGES_IMAGE_MODEL = "articles.Picture"
WAGTAILDOCS_DOCUMENT_MODEL = "articles.Document"
WAGTAIL_APPEND_SLASH = True
WAGTAIL_I18N_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no page, of staff either, asks another site for anything
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_SERVE_METHOD = "serve_view"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"newsstand": {"level": "INFO"}},
}
