// @platformatic/kafka: the new dialect of the protocol, topic ids in Fetch.
import { Admin, Consumer, Producer, stringSerializers } from '@platformatic/kafka'
import { serve, tell, text } from './client.mjs'

const TOPIC = 2
const SET = 0
const DELETE = 1
const options = ({ bootstrap }) =>
  ({ clientId: 'interop', bootstrapBrokers: bootstrap.split(','), autocreateTopics: false, retries: 10 })

async function withClient (client, action) {
  try {
    return await action(client)
  } finally {
    await client.close()
  }
}

const withAdmin = (request, action) => withClient(new Admin(options(request)), action)
const withConsumer = (request, action) =>
  withClient(new Consumer({ ...options(request), groupId: 'unused' }), action)

const create = request => withAdmin(request, async admin => {
  const configs = Object.entries(request.configs ?? {}).map(([name, value]) => ({ name, value }))
  const { topic, partitions, replicas } = request
  await admin.createTopics({ topics: [topic], partitions, replicas, configs })
})

const addPartitions = request => withAdmin(request, async admin => {
  await admin.createPartitions({ topics: [{ name: request.topic, count: request.total, assignments: [] }] })
})

const remove = request => withAdmin(request, async admin => {
  await admin.deleteTopics({ topics: [request.topic] })
})

const configs = request => withAdmin(request, async admin => {
  const resources = [{ resourceType: TOPIC, resourceName: request.topic, configurationKeys: null }]
  const found = await admin.describeConfigs({ resources, includeSynonyms: false, includeDocumentation: false })
  return { configs: Object.fromEntries(found[0].configs.map(({ name, value }) => [name, value])) }
})

const replaceConfigs = request => withAdmin(request, async admin => {
  const configs = Object.entries(request.configs).map(([name, value]) => ({ name, value }))
  await admin.alterConfigs({ resources: [{ resourceType: TOPIC, resourceName: request.topic, configs }] })
})

// One by one: a null value goes back to the default.
const alterConfigs = request => withAdmin(request, async admin => {
  const configs = Object.entries(request.configs).map(([name, value]) =>
    value === null ? { name, configOperation: DELETE } : { name, configOperation: SET, value })
  await admin.incrementalAlterConfigs({ resources: [{ resourceType: TOPIC, resourceName: request.topic, configs }] })
})

const describe = request => withAdmin(request, async admin => {
  const topics = request.topic ? [request.topic] : await admin.listTopics()
  const metadata = await admin.metadata({ topics, forceUpdate: true })
  return {
    controller: metadata.controllerId,
    brokers: [...metadata.brokers].map(([id, { host, port }]) => ({ id, host, port })),
    topics: Object.fromEntries([...metadata.topics].map(([name, topic]) => [name, topic.partitions.map((p, index) =>
      ({ partition: index, leader: p.leader, replicas: p.replicas, isr: p.isr }))]))
  }
})

async function produce (request) {
  const { topic, acks, codec, idempotent } = request
  const producer = new Producer({ ...options(request), serializers: stringSerializers })
  return await withClient(producer, async () => {
    const messages = request.records.map(record => ({
      topic, partition: record.partition, key: record.key ?? undefined, value: record.value,
      timestamp: BigInt(record.timestamp), headers: new Map(record.headers)
    }))
    const { offsets } = await producer.send({ messages, acks, compression: codec, idempotent })
    if (acks === 0) return { acks: messages.map(({ partition }) => ({ partition, offset: -1 })) }
    const next = Object.fromEntries(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
    return { acks: messages.map(({ partition }) => ({ partition, offset: next[partition]++ })) }
  })
}

const offsets = request => withConsumer(request, async consumer => {
  const { topic, partition } = request
  const at = async timestamp => {
    const found = await consumer.listOffsets({ topics: [topic], partitions: { [topic]: [partition] }, timestamp })
    const all = found.get(topic)
    return Number(all[partition] ?? all[0])
  }
  const answer = { earliest: await at(-2n), latest: await at(-1n) }
  if (request.timestamp != null) answer.at = await at(BigInt(request.timestamp))
  return answer
})

const consume = request => withConsumer(request, async consumer => {
  const { topic, partition, count } = request
  const metadata = await consumer.metadata({ topics: [topic] })
  const about = metadata.topics.get(topic)
  const records = []
  let next = BigInt(request.from)
  const deadline = Date.now() + 30_000
  while (records.length < count && Date.now() < deadline) {
    const asked = {
      partition, fetchOffset: next, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: 1 << 20
    }
    const answer = await consumer.fetch({
      node: about.partitions[partition].leader, topics: [{ topicId: about.id, partitions: [asked] }],
      minBytes: 1, maxBytes: 1 << 22, maxWaitTime: 500
    })
    for (const batch of answer.responses[0]?.partitions[0]?.records ?? []) {
      for (const record of batch.records) {
        const offset = batch.firstOffset + BigInt(record.offsetDelta)
        if (offset < next) continue
        next = offset + 1n
        records.push({
          partition, offset: Number(offset), key: text(record.key), value: text(record.value),
          timestamp: Number(batch.firstTimestamp + record.timestampDelta),
          headers: record.headers.map(([name, value]) => [text(name), text(value)])
        })
      }
    }
  }
  return { records: records.slice(0, count) }
})

// Reads as a member of a group until it is killed, and commits every record that it has told of.
async function member (request) {
  const consumer = new Consumer({
    ...options(request), groupId: request.group, sessionTimeout: 6000, heartbeatInterval: 500, maxWaitTime: 500
  })
  consumer.on('consumer:group:join', ({ assignments }) => {
    const own = (assignments ?? []).find(({ topic }) => topic === request.topic)
    tell({ assigned: own?.partitions ?? [] })
  })
  consumer.on('consumer:group:rebalance', () => tell({ assigned: [] }))
  const stream = await consumer.consume({
    topics: [request.topic], autocommit: false, mode: 'committed', fallbackMode: 'earliest'
  })
  for await (const message of stream) {
    tell({ partition: message.partition, offset: Number(message.offset), value: text(message.value) })
    await message.commit()
  }
}

// What each broker's replica of a partition takes on its disk.
const logSizes = request => withAdmin(request, async admin => {
  const { topic, partition } = request
  const brokers = await admin.describeLogDirs({ topics: [{ name: topic, partitions: [partition] }] })
  const sizes = brokers.flatMap(({ broker, results }) => results.map(({ topics }) =>
    [broker, Number(topics[0]?.partitions[0]?.partitionSize ?? -1)]))
  return { sizes: Object.fromEntries(sizes) }
})

await serve({
  create, 'add-partitions': addPartitions, delete: remove, configs, 'replace-configs': replaceConfigs,
  'alter-configs': alterConfigs, describe, produce, offsets, consume, member, 'log-sizes': logSizes
})
