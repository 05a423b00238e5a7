// Each kind of request that @platformatic/kafka sends without a group.
import { Admin, Consumer, ListOffsetTimestamps, Producer, stringSerializers } from '@platformatic/kafka'

const common = { clientId: 'platformatic-fixture', bootstrapBrokers: [process.env.BOOTSTRAP], retries: 0 }
const admin = new Admin(common)
await admin.createTopics({ topics: ['fixtures'], partitions: 2, replicas: 1 })
await admin.createTopics({ topics: ['gone'], partitions: 1, replicas: 1 })
const { topics } = await admin.metadata({ topics: ['fixtures'] })
await admin.createPartitions({ topics: [{ name: 'fixtures', count: 3, assignments: null }], validateOnly: false })
await admin.describeConfigs({ resources: [{ resourceType: 2, resourceName: 'fixtures', configurationKeys: null }] })

for (const options of [{ acks: -1 }, { acks: 1, compression: 'gzip' }, { acks: -1, idempotent: true }, { acks: 0 }]) {
  const producer = new Producer({ ...common, serializers: stringSerializers, ...options })
  await producer.send({
    ...options,
    messages: [0, 1, 2].map(i => ({
      topic: 'fixtures', key: `key-${i}`, value: `value-${i}`, partition: 0, headers: { trace: 'abc' }, timestamp: 1600000000000n + BigInt(i)
    }))
  })
  await producer.close()
}

const consumer = new Consumer({ ...common, groupId: 'unused' })
await consumer.listOffsets({ topics: ['fixtures'], timestamp: ListOffsetTimestamps?.LATEST ?? -1n })
await consumer.fetch({
  node: 1,
  topics: [{
    topicId: topics.get('fixtures').id,
    partitions: [{ partition: 0, currentLeaderEpoch: 3, fetchOffset: 0n, lastFetchedEpoch: -1, partitionMaxBytes: 1048576 }]
  }],
  maxWaitTime: 10,
  minBytes: 1
})
await consumer.close(true)
await admin.deleteTopics({ topics: ['gone'] })
await admin.close()
