"""Attachments on storage that speaks S3, where ``ATTACHMENTS_STORAGE=s3``; imported only then.

Objects are private: no access list is ever set, and nobody is given an address; the site asks for
the right and hands out the bytes itself, as from a disk. An object appears when all of it has come,
under a signature over its content, or not at all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from monitoring.unavailable import StorageUnavailable

#: What is read is kept in memory up to here, then in a temporary file.
IN_MEMORY = 2**20
CLIENT = Config(
    signature_version="s3v4",
    connect_timeout=5,
    read_timeout=30,
    retries={"max_attempts": 3, "mode": "standard"},
    # The store refuses a body that is not the one that was signed.
    s3={"addressing_style": "path", "payload_signing_enabled": True},
    # Newer ways to say a checksum, which only some stores understand.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class AttachmentStorage(S3Storage):
    """A bucket for the site alone. Raises StorageUnavailable where the store does not answer, or
    does not let the site in."""

    def __init__(self, **options: Any):
        super().__init__(
            **options,
            client_config=CLIENT,
            default_acl=None,
            file_overwrite=False,
            querystring_auth=True,
            gzip=False,
            max_memory_size=IN_MEMORY,
            transfer_config=TransferConfig(use_threads=False),
        )

    def url(self, *args: Any, **kwargs: Any) -> str:
        """Nobody gets an address."""
        raise NotImplementedError("attachments have no address of their own")

    def open(self, name: str, mode: str = "rb"):
        with _told():
            return super().open(name, mode)

    def save(self, name: str, content, max_length: int | None = None) -> str:
        with _told():
            return super().save(name, content, max_length)

    def delete(self, name: str) -> None:
        with _told():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _told():
            return super().exists(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _told():
            return super().listdir(name)

    def size(self, name: str) -> int:
        with _told():
            return super().size(name)

    def get_modified_time(self, name: str):
        with _told():
            return super().get_modified_time(name)

    def ready(self) -> bool:
        """Whether the bucket is there and lets the site in; raises StorageUnavailable."""
        with _told():
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
        return True


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Failures of the store in one word; nothing of a name or a key is repeated."""
    try:
        yield
    except FileNotFoundError:
        raise
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        raise StorageUnavailable(f"the store refused: {status} {code}", status) from error
    except (BotoCoreError, OSError) as error:
        raise StorageUnavailable(f"the store does not answer: {type(error).__name__}") from error
