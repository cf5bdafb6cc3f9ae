"""Settings of one installation, read from the environment.

Everything has a default that suits `make run` (embedded SQLite, a broker that needs no server).
`DATABASE_URL` and `REDIS_URL` alone switch to PostgreSQL and Redis; `PRODUCTION=1` makes
`governance.safety` refuse demo accounts, a generated secret or DEBUG.
"""

import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

from governance.secret import secret_in

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=not PRODUCTION)  # a new database is filled with demo data and accounts
SECRET_KEY_IS_GENERATED = not env("SECRET_KEY", default="")
SECRET_KEY = env("SECRET_KEY", default="") or secret_in(DATA_DIR)
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", default=[])  # newest first; empty: derived from SECRET_KEY
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_NAME = env("SITE_NAME", default="开平网格治理")
HELP_PHONE = env("HELP_PHONE", default="12345")
AREA_CODE = env("AREA_CODE", default="0750")  # of the county's landlines; empty: numbers without one stay so

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.humanize",
    "django.forms",  # widget templates of FORM_RENDERER
    "mptt",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "core",
    "grids",
    "members",
    "notices",
    "places",
    "duties",
    "issues",
    "mediation",
    "ledgers",
    "admission",
    "households",
    "insights",
    "gateway",
    "governance",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # of random length, so that sizes tell nothing about secrets
    "csp.middleware.CSPMiddleware",
    "core.web.middleware.RequestContextMiddleware",
    "core.web.middleware.SeenMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.signing_in.middleware.DenialMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "members.signing_in.middleware.SessionLimitsMiddleware",
    "core.web.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "core.web.whitespace.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "builtins": ["django.templatetags.i18n", "core.templatetags.ui", "core.templatetags.parts"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "core.web.context.site",
                "members.context.navigation_of",
                "notices.context.bell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---- database -------------------------------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL", default="")
STATEMENT_SECONDS = env.int("DATABASE_STATEMENT_SECONDS", default=15)
IDLE_IN_TRANSACTION_SECONDS = 30
DATABASE: dict[str, Any] = (
    env.db_url_config(DATABASE_URL)
    if DATABASE_URL
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "shanzhi.sqlite3")}
)
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["OPTIONS"] = {
        # IMMEDIATE: every atomic() is a writer from its first statement, so nothing ever
        # has to upgrade a read lock; hence no ATOMIC_REQUESTS and no atomic() in a GET.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000",
    }
    # A file, because threads of a live server cannot share a database in memory; one for each process.
    DATABASE["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"shanzhi-test-{os.getpid()}.sqlite3")}
else:
    # A web process has few threads, each with a persistent connection: that is its pool.
    limits = {
        "statement_timeout": STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_SECONDS,
    }
    flags = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
    # Disks without heads: at the default of 4 a list of one place is read along the whole county's codes.
    flags += " -c random_page_cost=1.1"
    # Compiling a plan takes longer than any of our reads.
    flags += " -c jit=off"
    DATABASE["CONN_MAX_AGE"] = 600
    DATABASE["CONN_HEALTH_CHECKS"] = True
    # Reads by a key are planned once for a connection (`core.rows.composed.found_by_key`); Django's own never are.
    DATABASE["OPTIONS"] = {
        "options": flags,
        "connect_timeout": 5,
        "prepare_threshold": 5,
        **DATABASE.get("OPTIONS", {}),
    }
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- people ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "members.signing_in.hashing.PatientArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "members.signing_in.passwords.CountyNameValidator"},
    {"NAME": "members.signing_in.passwords.KindsValidator"},
]
# What is asked of passwords, sessions and second factors: dengbao3, asvs2 or trial (members/signing_in/profile.py).
SECURITY_PROFILE = env("SECURITY_PROFILE", default="dengbao3" if PRODUCTION else "trial")
LOGIN_URL = "members:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "members:login"
SESSION_ENGINE = "members.signing_in.sessions"
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 3600)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]  # a whole village hall behind one address is not locked out
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "members.signing_in.lockout.locked_out"
AXES_USERNAME_CALLABLE = "members.signing_in.lockout.canonical_username"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who keeps trying does not lengthen the lock
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in is on our trail, without the address
AXES_ENABLE_ADMIN = False  # nobody deletes attempts past the trail; locks are lifted on the page of the person

# ---- transport ------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)  # believe the X-Forwarded-* headers of the last hop
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 60  # of more than nine photos the form says which ones it keeps
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Pictures under the outlines of maps, from a tile server of the site's own choice; empty: outlines alone.
MAP_TILE_URL = env("MAP_TILE_URL", default="")  # https://…/{z}/{x}/{y}.png
MAP_TILE_DATUM = env("MAP_TILE_DATUM", default="wgs84")  # or gcj02, as most Chinese tile servers
MAP_TILE_NOTE = env("MAP_TILE_NOTE", default="")  # what the server's owner wants to be said beside the map
MAP_TILE_HOSTS = ["://".join(urlsplit(MAP_TILE_URL)[:2])] if MAP_TILE_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", *MAP_TILE_HOSTS],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---- files ----------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name no others

# ---- the trail ------------------------------------------------------------------------------------------
# Files to which the head of its chain is added: beside the data, and where the site says, on another machine.
TRAIL_HEADS_OUTSIDE: list[str] = env.list("TRAIL_HEADS", default=[])
TRAIL_HEADS = [str(DATA_DIR / "trail-heads.txt"), *TRAIL_HEADS_OUTSIDE]

# ---- language and time ----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# ---- notices outside the inbox --------------------------------------------------------------------------
SITE_URL = env("SITE_URL", default="").rstrip("/") or (
    f"https://{ALLOWED_HOSTS[0]}"
    if PRODUCTION and ALLOWED_HOSTS
    else f"http://{env('HOST', default='127.0.0.1')}:{env('PORT', default='8000')}"
)
NOTICE_QUIET = env("NOTICE_QUIET", default="20:00-8:00")  # the county's quiet hours; empty: none
NOTICE_DIGESTS: list[str] = env.list("NOTICE_DIGESTS", default=["8:30", "14:30"])  # on working days
EMAIL_URL = env("EMAIL_URL", default="")
MAIL: dict[str, Any] = (
    env.email_url_config(EMAIL_URL)
    if EMAIL_URL
    else {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}
)
EMAIL_READY = bool(EMAIL_URL) or not PRODUCTION  # on trial, letters become files in the data folder
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = MAIL.get("EMAIL_FILE_PATH") or str(DATA_DIR / "mail")
EMAIL_HOST, EMAIL_PORT = MAIL.get("EMAIL_HOST") or "localhost", MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_USER") or "", MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="") or "shanzhi@localhost"
EMAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"

# ---- duty lists and the gate: which departments hold which duty, by code ------------------------------------
APPROVERS: list[str] = env.list("APPROVERS", default=["ZZB", "SGB", "ZFW"])  # departments that approve a version
ADMISSION_OFFICE: list[str] = env.list("ADMISSION_OFFICE", default=["SGB"])  # 社会工作部 keeps the gate
ADMISSION_LEGAL: list[str] = env.list("ADMISSION_LEGAL", default=["BB", "SF"])  # 编办, 司法局
ADMISSION_JOINT: list[str] = env.list("ADMISSION_JOINT", default=APPROVERS)  # all must agree
ADMISSION_OWNERS: list[str] = env.list("ADMISSION_OWNERS", default=["BB", "SGB"])  # of the 转嫁 ledger

# ---- engine ---------------------------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="")
BROKER_FILE = DATA_DIR / "broker-url"  # written by the supervisor for the embedded broker it started
CELERY_BROKER_URL = (
    REDIS_URL
    or env("CELERY_BROKER_URL", default="")
    or (BROKER_FILE.read_text().strip() if BROKER_FILE.exists() else "filesystem://")
)
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # by user name on purpose, see AXES_LOCKOUT_PARAMETERS
LOGGING_CONFIG = "governance.logs.configure"
LOGGING = {"level": env("LOG_LEVEL", default="INFO").upper(), "format": env("LOG_FORMAT", default="readable")}
