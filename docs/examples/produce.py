#!/usr/bin/env python3
"""Sends one message to SslAgent: a picture (perhaps with a caption), a line of text, or both as the two halves of a pair.

    produce.py --brokers localhost:9092 --topic world --source cam-1 --picture door.jpg --caption "a man at the door"
    produce.py --brokers localhost:9092 --topic world --source app   --text "disk /dev/sda1 is 91 % full"
    produce.py --brokers localhost:9092 --topic world --source cam-1 --picture door.jpg --text "a man at the door" --pair door-17

Debian and Ubuntu: apt-get install python3-confluent-kafka python3-msgpack. Elsewhere: pip install confluent-kafka msgpack.
The contract is docs/formats/wire.md.
"""
import argparse
import pathlib
import sys
import time
import uuid

import confluent_kafka
import msgpack


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", default="localhost:9092")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--picture", type=pathlib.Path, help="JPEG, PNG, WebP or GIF")
    parser.add_argument("--caption", help="words that belong to the picture, in the same message")
    parser.add_argument("--text", help="a text of its own")
    parser.add_argument("--pair", help="joins picture and text that are sent apart")
    args = parser.parse_args()

    common = {"v": 1, "source": args.source, "ts": int(time.time() * 1000), "pair": args.pair}
    messages = []
    if args.picture:
        messages.append(common | {"kind": "frame", "data": args.picture.read_bytes(), "caption": args.caption})
    if args.text:
        messages.append(common | {"kind": "text", "text": args.text})
    if not messages:
        parser.error("--picture or --text is needed")

    producer = confluent_kafka.Producer({"bootstrap.servers": args.brokers})
    failures = []
    for message in messages:
        message["id"] = str(uuid.uuid4())  # a retry with the same id is recognised and dropped
        producer.produce(
            args.topic,
            key=args.source,
            value=msgpack.packb({key: value for key, value in message.items() if value is not None}),
            headers={"content-type": "application/msgpack"},
            on_delivery=lambda error, _: failures.append(error) if error else None,
        )
    if producer.flush(30) > 0:
        failures.append("the broker did not answer in 30 s")
    for failure in failures:
        print(f"produce.py: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
