"""Make the buckets named as arguments, unless they exist, in the store of HANDOFF_OBJECTS_ENDPOINT.

For stores without object lock; on AWS infra/aws.yaml makes the buckets, with object lock for checkpoints.
"""

import os
import sys

import boto3

client = boto3.client("s3", endpoint_url=os.environ["HANDOFF_OBJECTS_ENDPOINT"])
existing = {bucket["Name"] for bucket in client.list_buckets().get("Buckets", [])}
for name in sys.argv[1:]:
    if name not in existing:
        client.create_bucket(Bucket=name)
