"""The object store: sealed documents and checkpoints, in a folder or in S3."""

from handoff_portal.adapters.objects.opening import objects
from handoff_portal.adapters.objects.store import ObjectMissing, ObjectStore, Upload

__all__ = ["ObjectMissing", "ObjectStore", "Upload", "objects"]
