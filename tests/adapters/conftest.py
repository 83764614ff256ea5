"""KMS and S3 over real HTTP, and one key for everything that only needs some key."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from aws_server import CREDENTIALS, aws_server
from handoff_portal.adapters.objects.files import FileStore
from handoff_portal.adapters.objects.s3 import S3Store
from handoff_portal.adapters.objects.store import ObjectStore


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """Address of a server that speaks KMS and S3; the credentials for it are in the environment meanwhile."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        with aws_server() as endpoint:
            yield endpoint


@pytest.fixture
def bucket(aws: str) -> str:
    """Name of a new, empty bucket."""
    name = f"handoff-{uuid4().hex}"
    boto3.Session().client("s3", endpoint_url=aws).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return name


@pytest.fixture(params=["files", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """Every kind of object store in turn: what one promises, all keep."""
    if request.param == "files":
        return FileStore(tmp_path / "objects")
    return S3Store(request.getfixturevalue("bucket"), "sealed", request.getfixturevalue("aws"))
