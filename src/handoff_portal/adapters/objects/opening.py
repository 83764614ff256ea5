"""Which object store a setting names."""

from pathlib import Path

from handoff_portal.adapters.objects.files import FileStore
from handoff_portal.adapters.objects.store import ObjectStore


def objects(url: str, endpoint: str | None = None) -> ObjectStore:
    """Open the object store that a setting names.

    Args:
        url: `file:/folder`, or `s3://bucket` or `s3://bucket/prefix`.
        endpoint: Another S3 address than AWS's own, for tests and compatible services.

    Raises:
        ValueError: The setting is neither; the message says how to mend it.
        Unavailable: The folder cannot be made or entered.
    """
    if url.startswith("s3://"):
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        if bucket:
            from handoff_portal.adapters.objects.s3 import S3Store  # noqa: PLC0415 - boto3 is slow to load

            return S3Store(bucket, prefix, endpoint)
    elif url.startswith("file:/"):
        return FileStore(Path(url.removeprefix("file:")))
    raise ValueError("the objects setting must read file:/folder or s3://bucket/prefix")
