"""Each kind of request that librdkafka sends through confluent_kafka."""
import os

from confluent_kafka import Consumer, Producer, TopicPartition, OFFSET_BEGINNING
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

common = {"bootstrap.servers": os.environ["BOOTSTRAP"], "client.id": "confluent-fixture"}


def wait(futures):
    for future in futures.values():
        future.result(20)


admin = AdminClient(common)
wait(admin.create_topics([
    NewTopic("fixtures", num_partitions=2, replication_factor=1, config={"retention.ms": "1000"}),
    NewTopic("placed", num_partitions=1, replica_assignment=[[1]]),
]))
wait(admin.create_partitions([NewPartitions("fixtures", 3)]))
wait(admin.describe_configs([ConfigResource("topic", "fixtures"), ConfigResource("broker", "1")]))
admin.list_topics(timeout=20)

for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
    producer = Producer({**common, "compression.type": codec, "enable.idempotence": True, "linger.ms": 20})
    for i in range(20):
        producer.produce("fixtures", f"value-{i}", key=f"key-{i}", partition=i % 3,
                         headers={"trace": b"abc", "none": None}, timestamp=1600000000000 + i)
    assert producer.flush(20) == 0
producer = Producer({**common, "acks": "1"})
producer.produce("fixtures", None, key="tombstone", partition=0)
assert producer.flush(20) == 0

consumer = Consumer({**common, "group.id": "unused", "enable.auto.commit": False})
consumer.assign([TopicPartition("fixtures", p, OFFSET_BEGINNING) for p in range(3)])
seen = 0
while seen < 101:
    message = consumer.poll(20)
    assert message is not None and message.error() is None, message
    seen += 1
consumer.get_watermark_offsets(TopicPartition("fixtures", 0), timeout=20)
consumer.offsets_for_times([TopicPartition("fixtures", 0, 1600000000000)], timeout=20)
consumer.close()
wait(admin.delete_topics(["placed"]))
