"""An S3 service in a process that can be killed, stopped and brought back at the same address."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import boto3

from aws_server import CREDENTIALS, free_port
from faults.processes import wait_until

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

BUCKET = "papers"


class Moto:
    """The service; what it holds is lost when it is killed, not when it is stopped."""

    def __init__(self) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._process = self._started()

    def fail(self, how: signal.Signals) -> None:
        """SIGKILL: connections are refused from now on. SIGSTOP: they are taken and never answered."""
        self._process.send_signal(how)
        if how is signal.SIGKILL:
            self._process.wait()

    def mend(self) -> None:
        """Answer again."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
        else:
            self._process = self._started()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def client(self) -> "S3Client":
        return boto3.client("s3", endpoint_url=self.endpoint)

    def _started(self) -> "subprocess.Popen[bytes]":
        program = shutil.which("moto_server", path=os.path.dirname(sys.executable))  # noqa: PTH120 - as PATH
        assert program is not None
        process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | CREDENTIALS,
        )
        wait_until(self._listens)
        place = {"LocationConstraint": CREDENTIALS["AWS_DEFAULT_REGION"]}
        self.client().create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)  # type: ignore[arg-type]
        return process

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True
