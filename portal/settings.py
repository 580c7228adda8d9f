"""Settings: everything that differs between machines comes from the environment.

Read by web, worker, beat, commands and tests alike. `portal.embedded` has put DATABASE_URL and
REDIS_URL into the environment before this module is read, when `make run` or `make test` asked
for the embedded servers.
"""

import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from portal.storing import file_storage

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = environ.Env()


def required(name: str, hint: str) -> str:
    """The value of an environment variable that the portal cannot do without."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return value


TESTING = env.bool("PORTAL_TESTING", default=False)
# Tests move the portal's clock by writing a moment into this file; nothing else reads it.
TEST_CLOCK_FILE = env.str("TEST_CLOCK_FILE", default="") if TESTING else ""
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required(
    "SECRET_KEY", "Set a long random string, or start with `make run`, which makes one under var/."
)
# Former keys, while they are being replaced: what they signed or encrypted is still read.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_URL = env.str("PORTAL_URL", default=f"http://localhost:{env.int('PORT', default=8000)}")
# The demonstration park shows its sign-ins on the sign-in page. Never set in production.
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=False)

# Who signs the park's letters, and the short mark (机关代字) that begins their document numbers.
AUTHORITY_NAME = env.str("AUTHORITY_NAME", default="湘潭高新技术产业开发区管理委员会")
AUTHORITY_NAME_EN = env.str(
    "AUTHORITY_NAME_EN", default="Administrative Committee of Xiangtan National Hi-tech Zone"
)
AUTHORITY_MARK = env.str("AUTHORITY_MARK", default="潭高新")
LETTER_RED_HEAD = env.bool("LETTER_RED_HEAD", default=True)  # off where paper with a printed head is used

INSTALLED_APPS = [
    "portal.administration.apps.RegisterAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "js_lib_bootstrap5",
    "lucide",
    "pgtrigger",
    "pghistory",
    "axes",
    "portal.jobs",
    "portal.accounts",
    "portal.api",
    "portal.worktime",
    "portal.park",
    "portal.notices",
    "portal.cases",
    "portal.trust",
    "portal.ledgers",
    "portal.reports",
    "portal",
    "approvals",
    "funds",
    "stations",
    "investment",
]

MIDDLEWARE = [
    "portal.tracing.RequestIdMiddleware",
    "portal.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.uploads.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.api.middleware.TokenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.park.middleware.ActorMiddleware",
    "portal.accounts.middleware.SessionEndMiddleware",
    "portal.accounts.middleware.VisitMiddleware",
    "portal.accounts.middleware.SecondFactorMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.templatetags.amounts",
            ],
        },
    }
]

FORM_RENDERER = "portal.rendering.PortalRenderer"

DATABASES = {
    "default": {
        **env.db_url_config(
            required(
                "DATABASE_URL",
                "Set it to a PostgreSQL 15 or later (postgres://user:password@host/name), "
                "or start with `make run`, which brings a PostgreSQL of its own.",
            )
        ),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env.str("TEST_DATABASE_NAME", default="test_portal")},
    }
}
if TESTING:
    # Tables are emptied between some tests; outside of tests the timeline refuses to be.
    DATABASES["default"]["OPTIONS"] = {"options": "-c portal.test_database=on -c synchronous_commit=off"}
# What the engine sends at every move is planned once per connection; a pooler that hands out another
# connection per transaction needs this off.
PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
# Querysets of much-used pages are put together once per process; off, each request does it anew.
COMPOSED_READS = env.bool("COMPOSED_READS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required(
    "REDIS_URL",
    "Set it to a Redis (redis://host:6379/0), or start with `make run`, which brings a server of its own.",
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},  # s; a page does not wait for it
    }
}
# Sessions live in PostgreSQL: a stopped Redis signs nobody out and loses nothing that was typed.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_TIMEOUT_S", default=4 * 3600)
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:  # one real hash costs 0.2 s of processor time by design; thousands of test sign-ins cannot pay it
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Staff must sign in with a second factor; whoever has none is led to setting it up.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=False)
# How many reverse proxies of ours stand before the portal: 0 believes no X-Forwarded-For at all.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
AXES_CLIENT_IP_CALLABLE = "portal.accounts.addresses.client_address"
# What the record of failures never keeps.
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "password",
    "code",
    "recovery",
    "old_password",
    "new_password1",
    "new_password2",
    "password1",
    "password2",
    "csrfmiddlewaretoken",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
STORAGES = {
    "default": file_storage(env, VAR_DIR / "media"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Maps of scripts and styles are for tools of developers, and most of what would be compressed.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
if TESTING:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True  # found when asked for: each client of a test would list them all first
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_HANDLERS = ["portal.uploads.NamedUploads"]
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_BYTES", default=20 * 2**20)
# A virus scanner: tcp://host:3310 or unix:///run/clamav/clamd.ctl. Then nothing is used that it has not seen.
CLAMAV_URL = env.str("CLAMAV_URL", default="")
CLAMAV_TIMEOUT_S = env.int("CLAMAV_TIMEOUT_S", default=15)
CLAMAV_RESCAN_DAYS = env.int("CLAMAV_RESCAN_DAYS", default=30)
if CLAMAV_URL and not CLAMAV_URL.startswith(("tcp://", "unix:///")):
    raise ImproperlyConfigured("CLAMAV_URL is tcp://host:port or unix:///path.")
LEDGER_MAX_BYTES = env.int("LEDGER_MAX_BYTES", default=300 * 2**20)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {"geolocation": ["self"], "camera": ["self"], "microphone": []}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
NOTICE_MAIL_DOMAIN = env.str("NOTICE_MAIL_DOMAIN", default="portal.localhost")
EMAIL_TIMEOUT = 20
# Webhooks and group robots reach public addresses only, and these networks (10.20.0.0/16,…).
NOTICE_PRIVATE_NETWORKS: list[str] = env.list("NOTICE_PRIVATE_NETWORKS", default=[])
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2}
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # LOGGING below holds in workers too
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.api.authentication.TokenAuthentication",
        "portal.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "portal.api.permissions.HasScope",
    ],
    "DEFAULT_PARSER_CLASSES": ["portal.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttling.ApiThrottle"],
    "DEFAULT_SCHEMA_CLASS": "portal.api.schema.ApiSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "portal.api.problems.handler",
    "URL_FORMAT_OVERRIDE": None,
    # How many proxies stand in front: only so many entries of X-Forwarded-For are believed.
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),
}
API_REQUESTS_PER_MINUTE = {
    "token": env.int("API_REQUESTS_PER_MINUTE", default=600),
    "user": env.int("API_REQUESTS_PER_MINUTE", default=600),
    "address": env.int("API_ANONYMOUS_REQUESTS_PER_MINUTE", default=60),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Park services portal",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "POSTPROCESSING_HOOKS": ["portal.api.schema.finish"],
    "PATH_CONVERTER_OVERRIDES": {
        "id": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
        "ref": {"type": "string", "minLength": 1, "maxLength": 40, "pattern": r"^[^/\x00-\x1f\x7f]+$"},
        "slug": {"type": "string", "pattern": r"^[-a-zA-Z0-9_]+$"},
    },
}

# Lines for a person at a terminal, JSON for a collector of logs. Every one carries the request's number.
LOG_FORMAT = env.str(
    "LOG_FORMAT", default="line" if DEBUG or env.bool("PORTAL_EMBEDDED", default=False) else "json"
)
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured("LOG_FORMAT is either line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "portal.tracing.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {"()": "portal.tracing.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # a page of glyph names for every letter
        # One line a request is for collectors; at a terminal it would bury everything else.
        "portal.request": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}
# Prometheus may read /metrics with this token, or, where there is none, from these networks directly.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_ALLOWED: list[str] = env.list("METRICS_ALLOWED", default=["127.0.0.0/8", "::1/128"])

# Whether sub-domains and the browsers' own lists are bound to HTTPS is for the operator to say, at the proxy.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if "test" in sys.argv:
    raise ImproperlyConfigured("Run the tests with `make test` (pytest), not with `manage.py test`.")
