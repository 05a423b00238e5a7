// kafkajs: the old dialect of the protocol, no native code. It consumes only as member of a group.
import kafkajs from 'kafkajs'
import { serve, tell } from './client.mjs'

const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs
const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP }

const kafka = ({ bootstrap }) =>
  new Kafka({ clientId: 'interop', brokers: bootstrap.split(','), logLevel: logLevel.WARN })

async function withAdmin (request, action) {
  const admin = kafka(request).admin()
  await admin.connect()
  try {
    return await action(admin)
  } finally {
    await admin.disconnect()
  }
}

const create = request => withAdmin(request, async admin => {
  const configEntries = Object.entries(request.configs ?? {}).map(([name, value]) => ({ name, value }))
  const { topic, partitions: numPartitions, replicas: replicationFactor } = request
  const made = await admin.createTopics({
    waitForLeaders: true, topics: [{ topic, numPartitions, replicationFactor, configEntries }]
  })
  if (!made) throw new Error('the topic exists')
})

const addPartitions = request => withAdmin(request, async admin => {
  await admin.createPartitions({ topicPartitions: [{ topic: request.topic, count: request.total }] })
})

const remove = request => withAdmin(request, async admin => {
  await admin.deleteTopics({ topics: [request.topic] })
})

const configs = request => withAdmin(request, async admin => {
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: request.topic }]
  const found = await admin.describeConfigs({ resources, includeSynonyms: false })
  const entries = found.resources[0].configEntries.map(entry => [entry.configName, entry.configValue])
  return { configs: Object.fromEntries(entries) }
})

const replaceConfigs = request => withAdmin(request, async admin => {
  const configEntries = Object.entries(request.configs).map(([name, value]) => ({ name, value }))
  await admin.alterConfigs({ resources: [{ type: ConfigResourceTypes.TOPIC, name: request.topic, configEntries }] })
})

const describe = request => withAdmin(request, async admin => {
  const cluster = await admin.describeCluster()
  const metadata = await admin.fetchTopicMetadata(request.topic ? { topics: [request.topic] } : undefined)
  return {
    controller: cluster.controller,
    brokers: cluster.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
    topics: Object.fromEntries(metadata.topics.map(topic => [topic.name, topic.partitions.map(p =>
      ({ partition: p.partitionId, leader: p.leader, replicas: p.replicas, isr: p.isr }))]))
  }
})

async function produce (request) {
  const { topic, acks, codec, idempotent } = request
  const producer = kafka(request).producer({ idempotent, maxInFlightRequests: 1, allowAutoTopicCreation: false })
  await producer.connect()
  const messages = request.records.map(record => ({
    partition: record.partition, key: record.key, value: record.value, timestamp: String(record.timestamp),
    headers: Object.fromEntries(record.headers)
  }))
  const answers = await producer.send({ topic, acks, compression: codecs[codec], messages })
  await producer.disconnect()
  // One base offset per partition comes back; the records of a partition follow each other.
  const next = Object.fromEntries(answers.map(({ partition, baseOffset }) => [partition, Number(baseOffset)]))
  return { acks: messages.map(({ partition }) => ({ partition, offset: next[partition]++ })) }
}

const offsets = request => withAdmin(request, async admin => {
  const of = found => found.find(({ partition }) => partition === request.partition)
  const all = of(await admin.fetchTopicOffsets(request.topic))
  const answer = { earliest: Number(all.low), latest: Number(all.high) }
  if (request.timestamp != null) {
    answer.at = Number(of(await admin.fetchTopicOffsetsByTimestamp(request.topic, request.timestamp)).offset)
  }
  return answer
})

// Reads as a member of a group until it is killed, and commits every record that it has told of.
async function member (request) {
  const consumer = kafka(request).consumer({
    groupId: request.group, sessionTimeout: 6000, heartbeatInterval: 500, maxWaitTimeInMs: 500
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    tell({ assigned: payload.memberAssignment[request.topic] ?? [] })
  })
  consumer.on(consumer.events.REBALANCING, () => tell({ assigned: [] }))
  await consumer.connect()
  await consumer.subscribe({ topics: [request.topic], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message }) => {
      tell({ partition, offset: Number(message.offset), value: message.value.toString() })
      await consumer.commitOffsets([{ topic, partition, offset: String(Number(message.offset) + 1) }])
    }
  })
  await new Promise(() => {})
}

async function transact (request) {
  const producer = kafka(request).producer({ transactionalId: request.id, maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  for (const { values, commits } of request.transactions) {
    const transaction = await producer.transaction()
    await transaction.send({ topic: request.topic, messages: values.map(value => ({ key: value, value })) })
    await (commits ? transaction.commit() : transaction.abort())
  }
  await producer.disconnect()
}

await serve({
  create, transact, 'add-partitions': addPartitions, delete: remove, configs, 'replace-configs': replaceConfigs, describe,
  produce, offsets, member
})
