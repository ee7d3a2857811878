"""Makes the bucket for photos where there is none yet."""

import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ATTEMPTS = 30


def main() -> None:
    bucket = os.environ["XUNGAI_S3_BUCKET"]
    store = boto3.client(
        "s3",
        endpoint_url=os.environ.get("XUNGAI_S3_ENDPOINT") or None,
        region_name=os.environ.get("XUNGAI_S3_REGION") or None,
        aws_access_key_id=os.environ["XUNGAI_S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["XUNGAI_S3_SECRET_KEY"],
        config=Config(s3={"addressing_style": "path"}, connect_timeout=5, retries={"max_attempts": 1}),
    )
    for attempt in range(ATTEMPTS):
        try:
            store.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
                raise
            store.create_bucket(Bucket=bucket)
        except BotoCoreError:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(1)  # the store is still starting
            continue
        return


if __name__ == "__main__":
    main()
