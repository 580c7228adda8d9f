"""Where files are kept: a folder of this machine, or an S3-compatible store (MinIO, OSS, COS, OBS, AWS).

Private either way: nothing has an address of its own, every file is served by a view that asks who is
asking. Read by the settings, so it imports nothing of Django.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def file_storage(env: Any, folder: Path) -> dict[str, Any]:
    """The entry of STORAGES. S3 when S3_BUCKET is set; else MEDIA_ROOT, or `folder`."""
    bucket = env.str("S3_BUCKET", default="")
    if not bucket:
        options = {"location": env.str("MEDIA_ROOT", default=str(folder)), "base_url": None}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "access_key": env.str("S3_ACCESS_KEY", default="") or None,
            "secret_key": env.str("S3_SECRET_KEY", default="") or None,
            "addressing_style": env.str("S3_ADDRESSING_STYLE", default="auto"),
            "location": env.str("S3_PREFIX", default=""),
            "default_acl": None,  # the bucket's own rule, which is private
            "querystring_auth": True,
            "file_overwrite": False,
            "signature_version": "s3v4",
            "object_parameters": {"ServerSideEncryption": "AES256"}
            if env.bool("S3_ENCRYPT", default=False)
            else {},
        },
    }


def failures() -> tuple[type[Exception], ...]:
    """What a store raises that cannot be reached or does not give a file out: none of S3's are OSErrors.

    Their packages are not loaded for it: without an S3 store in use nothing of theirs can be raised.
    """
    if "botocore" not in sys.modules:
        return (OSError,)
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from s3transfer.exceptions import RetriesExceededError, S3DownloadFailedError, S3ValidationError

    transfer = (RetriesExceededError, S3DownloadFailedError, S3ValidationError)
    return (OSError, BotoCoreError, ClientError, Boto3Error, *transfer)
