"""A structure's first exchange with the SIAO, from Python: it describes itself, publishes a vacancy, reads what comes.

Of the SIAO it needs the golden examples beside it and nothing else. Settings and what it prints: ../README.md.
"""

import json
import os
import sys
import time
from pathlib import Path

from confluent_kafka import Consumer, Producer

EXAMPLES = Path(__file__).parents[2] / "examples" / "vacancies"

partner = os.environ["SIAO_PARTNER"]
address, authority = os.environ["SIAO_ADDRESS"], os.environ.get("SIAO_CA")
# Without TLS on your own machine only.
loopback = address.startswith(("localhost:", "127."))
connection = {
    "bootstrap.servers": address,
    "security.protocol": "SASL_PLAINTEXT" if loopback and not authority else "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.username": os.environ.get("SIAO_USER", partner),
    "sasl.password": os.environ["SIAO_PASSWORD"],
    **({"ssl.ca.location": authority} if authority else {}),
}

# Golden messages, in our own name. Their ids are kept: whatever is sent again is done once.
producer = Producer(connection)
waiting = set()
for name in ("structure.described.v1", "vacancy.published.v1"):
    golden = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    headers = {**golden["headers"], "ce_source": f"/partners/{partner}"}
    producer.produce(
        f"partners.{partner}.vacancies",
        value=json.dumps(golden["value"], ensure_ascii=False, separators=(",", ":")),
        headers=list(headers.items()),
    )
    waiting.add(headers["ce_id"])
if producer.flush(30):
    sys.exit("Kafka ne prend pas les messages / Kafka does not take the messages")

# The group, whose name begins with our id and a dot, remembers how far we have read.
consumer = Consumer({**connection, "group.id": f"{partner}.recipe", "auto.offset.reset": "earliest"})
consumer.subscribe([f"partners.{partner}.notices"])
deadline = time.monotonic() + float(os.environ.get("SIAO_SECONDS", "60"))
rejected = designated = False
while (waiting or not (rejected or designated)) and time.monotonic() < deadline:
    record = consumer.poll(timeout=1)
    if record is None or record.error():
        continue
    kind = dict(record.headers())["ce_type"].decode()
    notice = json.loads(record.value())
    print(json.dumps({"type": kind, **notice}, ensure_ascii=False))
    if notice.get("message_id") in waiting:
        waiting.remove(notice["message_id"])
        rejected |= kind == "message.rejected.v1"
    designated |= kind == "household.designated.v1"
consumer.close()
sys.exit(1 if rejected or waiting else 0)
