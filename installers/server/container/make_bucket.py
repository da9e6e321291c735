"""Makes the bucket that a server keeps its contents in, and lets browsers use it from the server's pages."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError

PATIENCE_S = 120
CORS: Any = {  # as boto3 wants it
    "AllowedOrigins": [os.environ["ORIGIN"]],
    "AllowedMethods": ["GET", "PUT"],
    "AllowedHeaders": ["content-md5", "if-none-match", "x-amz-checksum-crc32c", "range"],
    "MaxAgeSeconds": 3600,
}

client = boto3.client("s3", endpoint_url=os.environ["ENDPOINT"], region_name="us-east-1")
bucket = os.environ["BUCKET"]
until = time.monotonic() + PATIENCE_S
while True:
    try:
        client.create_bucket(Bucket=bucket)
    except (client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
        pass
    except EndpointConnectionError:
        if time.monotonic() > until:
            raise
        time.sleep(1)
        continue
    break
try:
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [CORS]})
except ClientError as error:  # devices work without it, and the server tells at its start what browsers would miss
    sys.stderr.write(f"the bucket takes no CORS rule: {error}\n")
