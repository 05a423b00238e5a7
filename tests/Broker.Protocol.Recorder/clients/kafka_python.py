"""Each kind of request that kafka-python sends."""
import os

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic

common = {"bootstrap_servers": os.environ["BOOTSTRAP"], "client_id": "kafka-python-fixture"}

admin = KafkaAdminClient(**common)
admin.create_topics([NewTopic("fixtures", 1, 1, topic_configs={"retention.ms": "1000"}), NewTopic("gone", 1, 1)])
admin.create_partitions({"fixtures": NewPartitions(2)})
admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "fixtures")])
admin.delete_topics(["gone"])
admin.close()

for codec in (None, "gzip"):
    for acks in (0, 1, "all"):
        producer = KafkaProducer(**common, compression_type=codec, acks=acks)
        for i in range(5):
            producer.send("fixtures", f"value-{i}".encode(), f"key-{i}".encode(), [("trace", b"abc")], partition=0,
                          timestamp_ms=1600000000000 + i)
        producer.flush(20)
        producer.close()

consumer = KafkaConsumer(**common, group_id=None, consumer_timeout_ms=20000)
first = TopicPartition("fixtures", 0)
consumer.assign([first])
consumer.seek_to_beginning(first)
for _ in range(30):
    next(consumer)
consumer.end_offsets([first])
consumer.offsets_for_times({first: 1600000000000})
consumer.close()
