"""Debian's python3-kafka (no native library, the old dialect of the protocol)."""

import sys
import time

from client import raw, serve, tell, text
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
from kafka.errors import KafkaError

SECONDS = 30


def admin(request):
    return KafkaAdminClient(bootstrap_servers=request["bootstrap"].split(","))


def create(request):
    topic = NewTopic(request["topic"], request["partitions"], request["replicas"],
                     topic_configs=request.get("configs") or None)
    admin(request).create_topics([topic], timeout_ms=SECONDS * 1000)


def add_partitions(request):
    admin(request).create_partitions({request["topic"]: NewPartitions(request["total"])})


def delete(request):
    admin(request).delete_topics([request["topic"]], timeout_ms=SECONDS * 1000)


def configs(request):
    resource = ConfigResource(ConfigResourceType.TOPIC, request["topic"])
    found = {}
    for response in admin(request).describe_configs([resource]):
        for answer in response.resources:
            if answer[0] != 0:
                raise RuntimeError(f"error {answer[0]}: {answer[1]}")
            found.update({entry[0]: entry[1] for entry in answer[4]})
    return {"configs": found}


def describe(request):
    client = admin(request)
    cluster = client.describe_cluster()
    topics = client.describe_topics([request["topic"]] if request.get("topic") else None)
    return {
        "controller": cluster["controller_id"],
        "brokers": [{"id": b["node_id"], "host": b["host"], "port": b["port"]} for b in cluster["brokers"]],
        "topics": {topic["topic"]: [{"partition": p["partition"], "leader": p["leader"], "replicas": p["replicas"],
                                     "isr": p["isr"]} for p in topic["partitions"]]
                   for topic in topics},
    }


def produce(request):
    codec = None if request["codec"] == "none" else request["codec"]
    producer = KafkaProducer(bootstrap_servers=request["bootstrap"].split(","), compression_type=codec,
                             acks="all" if request["acks"] == -1 else request["acks"], linger_ms=5)
    futures = [producer.send(request["topic"], raw(record["value"]), raw(record["key"]),
                             [(name, raw(value)) for name, value in record["headers"]],
                             record["partition"], record["timestamp"])
               for record in request["records"]]
    answers = [future.get(SECONDS) for future in futures]
    producer.close(SECONDS)
    return {"acks": [{"partition": answer.partition, "offset": answer.offset} for answer in answers]}


def consumer_of(request):
    consumer = KafkaConsumer(bootstrap_servers=request["bootstrap"].split(","), enable_auto_commit=False)
    partition = TopicPartition(request["topic"], request["partition"])
    consumer.assign([partition])
    return consumer, partition


def offsets(request):
    consumer, partition = consumer_of(request)
    answer = {"earliest": consumer.beginning_offsets([partition])[partition],
              "latest": consumer.end_offsets([partition])[partition]}
    if request.get("timestamp") is not None:
        found = consumer.offsets_for_times({partition: request["timestamp"]})[partition]
        answer["at"] = -1 if found is None else found.offset
    consumer.close()
    return answer


def consume(request):
    consumer, partition = consumer_of(request)
    consumer.seek(partition, request["from"])
    records, deadline = [], time.monotonic() + SECONDS
    while len(records) < request["count"] and time.monotonic() < deadline:
        for message in consumer.poll(500).get(partition, []):
            records.append({
                "partition": message.partition, "offset": message.offset, "key": text(message.key),
                "value": text(message.value), "timestamp": message.timestamp,
                "headers": [[name, text(value)] for name, value in message.headers],
            })
    consumer.close()
    return {"records": records[:request["count"]]}


def member(request):
    """Reads as a member of a group until it is killed, and commits every record that it has told of."""
    consumer = KafkaConsumer(
        request["topic"], bootstrap_servers=request["bootstrap"].split(","), group_id=request["group"],
        enable_auto_commit=False, auto_offset_reset="earliest", session_timeout_ms=6000, heartbeat_interval_ms=500)
    known = None
    while True:
        found = consumer.poll(500, max_records=10)
        assigned = sorted(each.partition for each in consumer.assignment())
        if assigned != known:
            known = assigned
            tell({"assigned": assigned})
        for partition, messages in found.items():
            for message in messages:
                tell({"partition": message.partition, "offset": message.offset, "value": text(message.value)})
                try:
                    consumer.commit({partition: OffsetAndMetadata(message.offset + 1, "")})
                except KafkaError as failed:
                    print(failed, file=sys.stderr)


serve({"create": create, "add-partitions": add_partitions, "delete": delete, "configs": configs,
       "describe": describe, "produce": produce, "offsets": offsets, "consume": consume, "member": member})
