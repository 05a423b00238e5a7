// Each kind of request that kafkajs sends without a group.
const { Kafka, CompressionTypes, ConfigResourceTypes, logLevel } = require('kafkajs')

async function main () {
  const kafka = new Kafka({ clientId: 'kafkajs-fixture', brokers: [process.env.BOOTSTRAP], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: [
      { topic: 'fixtures', numPartitions: 1, configEntries: [{ name: 'retention.ms', value: '1000' }] },
      { topic: 'gone', replicaAssignment: [{ partition: 0, replicas: [1] }] }
    ]
  })
  await admin.createPartitions({ topicPartitions: [{ topic: 'fixtures', count: 2 }] })
  await admin.fetchTopicMetadata({ topics: ['fixtures'] })
  await admin.listTopics()
  await admin.fetchTopicOffsets('fixtures')
  await admin.fetchTopicOffsetsByTimestamp('fixtures', 1600000000000)
  await admin.describeCluster()
  await admin.describeConfigs({
    includeSynonyms: true,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'fixtures', configNames: ['retention.ms'] }]
  })

  for (const idempotent of [false, true]) {
    const producer = kafka.producer({ idempotent })
    await producer.connect()
    for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
      await producer.send({
        topic: 'fixtures',
        acks: -1,
        compression,
        messages: [0, 1, 2].map(i => ({
          key: `key-${i}`, value: `value-${i}`, partition: 0, headers: { trace: 'abc' }, timestamp: `${1600000000000 + i}`
        }))
      })
    }
    if (!idempotent) await producer.send({ topic: 'fixtures', acks: 1, messages: [{ key: 'tombstone', value: null }] })
    await producer.disconnect()
  }

  await admin.deleteTopics({ topics: ['gone'] })
  await admin.disconnect()
}

main().catch(error => { console.error(error); process.exit(1) })
