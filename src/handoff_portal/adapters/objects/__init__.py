"""The object store: sealed documents and checkpoints, in a folder or in S3."""
