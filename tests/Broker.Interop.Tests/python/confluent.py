"""Debian's python3-confluent-kafka (librdkafka)."""

import sys
import time

from client import raw, serve, tell, text
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

SECONDS = 30


def admin(request):
    return AdminClient({"bootstrap.servers": request["bootstrap"]})


def wait(call):
    """Lets an admin client live until its answers are there: it takes them with it when it goes."""
    def done(request):
        client = admin(request)
        return [future.result(SECONDS) for future in call(client, request).values()]
    return done


@wait
def create(client, request):
    topic = NewTopic(request["topic"], num_partitions=request["partitions"],
                     replication_factor=request["replicas"], config=request.get("configs", {}))
    return client.create_topics([topic], operation_timeout=SECONDS)


@wait
def add_partitions(client, request):
    return client.create_partitions([NewPartitions(request["topic"], request["total"])])


@wait
def delete(client, request):
    return client.delete_topics([request["topic"]], operation_timeout=SECONDS)


@wait
def describe_topic(client, request):
    return client.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, request["topic"])])


def configs(request):
    found = describe_topic(request)[0]
    return {"configs": {name: entry.value for name, entry in found.items()}}


@wait
def replace_configs(client, request):
    return client.alter_configs([ConfigResource(ConfigResource.Type.TOPIC, request["topic"], request["configs"])])


def describe(request):
    metadata = admin(request).list_topics(request.get("topic"), timeout=SECONDS)
    return {
        "controller": metadata.controller_id,
        "brokers": [{"id": b.id, "host": b.host, "port": b.port} for b in metadata.brokers.values()],
        "topics": {name: [{"partition": p.id, "leader": p.leader, "replicas": p.replicas, "isr": p.isrs}
                          for p in topic.partitions.values()]
                   for name, topic in metadata.topics.items()},
    }


def produce(request):
    producer = Producer({
        "bootstrap.servers": request["bootstrap"], "acks": request["acks"],
        "compression.type": request["codec"], "enable.idempotence": request["idempotent"],
    })
    answers = [None] * len(request["records"])

    def delivered(index):
        def note(error, message):
            answers[index] = error or {"partition": message.partition(), "offset": message.offset()}
        return note

    for index, record in enumerate(request["records"]):
        producer.produce(request["topic"], raw(record["value"]), raw(record["key"]), record["partition"],
                         on_delivery=delivered(index), timestamp=record["timestamp"],
                         headers=[(name, raw(value)) for name, value in record["headers"]])
    producer.flush(SECONDS)
    for answer in answers:
        if not isinstance(answer, dict):
            raise KafkaException(answer or KafkaError(KafkaError._TIMED_OUT))
    return {"acks": answers}


def consumer_of(request):
    return Consumer({"bootstrap.servers": request["bootstrap"], "group.id": "unused", "enable.auto.commit": False})


def offsets(request):
    consumer = consumer_of(request)
    partition = TopicPartition(request["topic"], request["partition"])
    low, high = consumer.get_watermark_offsets(partition, SECONDS)
    answer = {"earliest": low, "latest": high}
    if request.get("timestamp") is not None:
        partition.offset = request["timestamp"]
        answer["at"] = consumer.offsets_for_times([partition], SECONDS)[0].offset
    consumer.close()
    return answer


def consume(request):
    consumer = consumer_of(request)
    consumer.assign([TopicPartition(request["topic"], request["partition"], request["from"])])
    records, deadline = [], time.monotonic() + SECONDS
    while len(records) < request["count"] and time.monotonic() < deadline:
        message = consumer.poll(0.5)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        records.append({
            "partition": message.partition(), "offset": message.offset(), "key": text(message.key()),
            "value": text(message.value()), "timestamp": message.timestamp()[1],
            "headers": [[name, text(value)] for name, value in message.headers() or []],
        })
    consumer.close()
    return {"records": records}


def member(request):
    """Reads as a member of a group until it is killed, and commits every record that it has told of."""
    consumer = Consumer({
        "bootstrap.servers": request["bootstrap"], "group.id": request["group"], "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "session.timeout.ms": 6000, "heartbeat.interval.ms": 500,
    })

    def assigned(_, partitions):
        tell({"assigned": sorted(each.partition for each in partitions)})

    consumer.subscribe([request["topic"]], on_assign=assigned, on_revoke=lambda *_: tell({"assigned": []}))
    while True:
        message = consumer.poll(0.5)
        if message is None or message.error():
            continue
        tell({"partition": message.partition(), "offset": message.offset(), "value": text(message.value())})
        try:
            consumer.commit(message, asynchronous=False)
        except KafkaException as failed:
            print(failed, file=sys.stderr)


def transact(request):
    producer = Producer({"bootstrap.servers": request["bootstrap"], "transactional.id": request["id"]})
    producer.init_transactions(SECONDS)
    for transaction in request["transactions"]:
        producer.begin_transaction()
        for value in transaction["values"]:
            producer.produce(request["topic"], raw(value), raw(value))
        if transaction["commits"]:
            producer.commit_transaction(SECONDS)
        else:
            producer.flush(SECONDS)
            producer.abort_transaction(SECONDS)


serve({"create": create, "transact": transact, "add-partitions": add_partitions, "delete": delete, "configs": configs,
       "replace-configs": replace_configs, "describe": describe, "produce": produce, "offsets": offsets,
       "consume": consume, "member": member})
