"""Objects in S3 or a service that speaks it: small ones in one request, large ones in parts of 8 MiB.

Source: Amazon S3 API (PutObject with If-None-Match, multipart upload, ranged GetObject). A service that
refuses, hangs or breaks off becomes Unavailable within ten seconds: two attempts, two seconds to connect,
little more without an answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody
from urllib3.exceptions import HTTPError

from handoff_portal.adapters.objects.store import ObjectMissing, Octets, checked_key, unavailable

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES: Final = 8 << 20
PIECE_BYTES: Final = 1 << 20
_MISSING: Final = frozenset({"NoSuchKey", "404"})
_BEYOND: Final = "InvalidRange"
_TAKEN: Final = "PreconditionFailed"


class S3Upload:
    """An object on its way into S3. It holds at most one part (8 MiB) and what one `write` brings."""

    def __init__(self, client: "S3Client", hasty: "S3Client", bucket: str, key: str) -> None:
        self._client, self._hasty, self._bucket, self._key = client, hasty, bucket, key
        self._waiting = bytearray()
        self._upload_id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []
        self._done = False

    def write(self, data: Octets) -> None:
        """Add bytes; whole parts go out at once. Raises Unavailable."""
        view = memoryview(data).cast("B")
        while len(self._waiting) + len(view) > PART_BYTES:
            room = PART_BYTES - len(self._waiting)
            self._waiting += view[:room]
            view = view[room:]
            self._send_part()
        self._waiting += view

    def commit(self) -> None:
        """Make the object visible; it replaces an older one. Raises Unavailable."""
        if self._upload_id is None:
            with _service(self._key):
                self._client.put_object(Bucket=self._bucket, Key=self._key, Body=BytesIO(self._waiting))
        else:
            self._send_part()
            with _service(self._key):
                self._client.complete_multipart_upload(
                    Bucket=self._bucket,
                    Key=self._key,
                    UploadId=self._upload_id,
                    MultipartUpload={"Parts": self._parts},
                )
        self._done = True

    def abort(self) -> None:
        """Drop the parts that went out; if the service does not answer, `orphans` finds them later."""
        if not self._done and self._upload_id is not None:
            with suppress(BotoCoreError, ClientError):
                self._hasty.abort_multipart_upload(
                    Bucket=self._bucket, Key=self._key, UploadId=self._upload_id
                )
        self._done = True

    def _send_part(self) -> None:
        number = len(self._parts) + 1
        with _service(self._key):
            if self._upload_id is None:
                begun = self._client.create_multipart_upload(Bucket=self._bucket, Key=self._key)
                self._upload_id = begun["UploadId"]
            answer = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id,
                PartNumber=number,
                Body=BytesIO(self._waiting),
            )
        self._parts.append({"ETag": answer["ETag"], "PartNumber": number})
        self._waiting = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()


class S3Store:
    """An object store in one bucket, under an optional prefix that its keys do not show."""

    def __init__(self, bucket: str, prefix: str = "", endpoint: str | None = None) -> None:
        self._bucket, self._prefix = bucket, f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = _client(endpoint, connect=2.0, read=2.3, attempts=2)
        self._hasty = _client(endpoint, connect=1.0, read=1.0, attempts=1)

    def begin(self, key: str) -> S3Upload:
        """Begin to write an object."""
        return S3Upload(self._client, self._hasty, self._bucket, self._name(key))

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write a small object unless the key is taken (False), atomically. Raises Unavailable."""
        name = self._name(key)
        with _service(key, known=_TAKEN) as refused:
            self._client.put_object(Bucket=self._bucket, Key=name, Body=data, IfNoneMatch="*")
        return not refused

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Give bytes from `start` to before `stop` in pieces. Raises ObjectMissing or Unavailable."""
        if stop is not None and start >= stop:
            return iter(())
        wanted = f"bytes={start}-{'' if stop is None else stop - 1}"
        with _service(key, known=_BEYOND):
            found = self._client.get_object(Bucket=self._bucket, Key=self._name(key), Range=wanted)
            return _pieces(key, found["Body"])
        return iter(())

    def size(self, key: str) -> int | None:
        """Give the length in bytes, or None if there is no such object."""
        try:
            with _service(key):
                return self._client.head_object(Bucket=self._bucket, Key=self._name(key))["ContentLength"]
        except ObjectMissing:
            return None

    def exists(self, key: str) -> bool:
        """Say whether there is such an object."""
        return self.size(key) is not None

    def delete(self, key: str) -> None:
        """Remove the object; fine if it is gone already. Raises Unavailable."""
        with _service(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that start with `prefix`, in order. Raises Unavailable, also on the way."""
        pages = self._client.get_paginator("list_objects_v2")
        with _service(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                yield from (found["Key"].removeprefix(self._prefix) for found in page.get("Contents", ()))

    def orphans(self, older_than: float) -> Iterator[str]:
        """Give the names of uploads in parts that began before this Unix time and are not finished."""
        pages = self._client.get_paginator("list_multipart_uploads")
        with _service(self._prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"].timestamp() < older_than:
                        yield f"{upload['Key'].removeprefix(self._prefix)} {upload['UploadId']}"

    def reap(self, orphan: str) -> None:
        """Remove one unfinished upload named by `orphans`. Raises Unavailable."""
        key, _, upload_id = orphan.partition(" ")
        with _service(key, known="NoSuchUpload"):
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._name(key), UploadId=upload_id)

    def check(self) -> None:
        """Prove that the bucket answers, within two seconds. Raises Unavailable."""
        try:
            self._hasty.head_bucket(Bucket=self._bucket)
        except (BotoCoreError, ClientError) as error:
            raise unavailable() from error

    def _name(self, key: str) -> str:
        return self._prefix + checked_key(key)


@contextmanager
def _service(key: str, known: str | None = None) -> Iterator[list[str]]:
    """Turn what the service answers into ObjectMissing or the refusal.

    An answer with the code `known` ends the block quietly and is put into the list that the block was given.
    """
    met: list[str] = []
    try:
        yield met
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _MISSING:
            raise ObjectMissing(key) from error
        if code != known:
            raise unavailable() from error
        met.append(code)
    except (BotoCoreError, HTTPError) as error:
        raise unavailable() from error


def _pieces(key: str, body: StreamingBody) -> Iterator[bytes]:
    try:
        with _service(key):
            yield from body.iter_chunks(PIECE_BYTES)
    finally:
        body.close()


def _client(endpoint: str | None, *, connect: float, read: float, attempts: int) -> "S3Client":
    session = boto3.Session()
    patience = Config(
        connect_timeout=connect,
        read_timeout=read,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=32,
        s3={"addressing_style": "path"} if endpoint else None,
    )
    region = session.region_name or ("us-east-1" if endpoint else None)
    return session.client("s3", region_name=region, endpoint_url=endpoint, config=patience)
