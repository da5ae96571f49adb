// A structure's first exchange with the SIAO, from Node: it describes itself, publishes a vacancy, reads what comes.
// Of the SIAO it needs the golden examples beside it and nothing else. Settings and what it prints: ../README.md.
import { readFileSync } from 'node:fs'
import {
  Consumer, Producer, jsonDeserializer, jsonSerializer, stringDeserializers, stringSerializers
} from '@platformatic/kafka'

const { SIAO_ADDRESS, SIAO_PARTNER, SIAO_USER = SIAO_PARTNER, SIAO_PASSWORD, SIAO_CA, SIAO_SECONDS = '60' } = process.env
const loopback = /^(localhost|127\.[\d.]+):/.test(SIAO_ADDRESS)
const connection = {
  clientId: SIAO_PARTNER,
  bootstrapBrokers: [SIAO_ADDRESS],
  sasl: { mechanism: 'SCRAM-SHA-512', username: SIAO_USER, password: SIAO_PASSWORD },
  // Without TLS on your own machine only.
  tls: SIAO_CA ? { ca: readFileSync(SIAO_CA) } : loopback ? undefined : {}
}

// Golden messages, in our own name. Their ids are kept: whatever is sent again is done once.
const golden = ['structure.described.v1', 'vacancy.published.v1'].map(name =>
  JSON.parse(readFileSync(new URL(`../../examples/vacancies/${name}.json`, import.meta.url)))
)
const producer = new Producer({ ...connection, serializers: { ...stringSerializers, value: jsonSerializer } })
await producer.send({
  acks: -1,
  messages: golden.map(({ headers, value }) => ({
    topic: `partners.${SIAO_PARTNER}.vacancies`,
    headers: { ...headers, ce_source: `/partners/${SIAO_PARTNER}` },
    value
  }))
})
await producer.close()

// The group, whose name begins with our id and a dot, remembers how far we have read.
const consumer = new Consumer({
  ...connection,
  groupId: `${SIAO_PARTNER}.recipe`,
  sessionTimeout: 10_000,
  deserializers: { ...stringDeserializers, value: jsonDeserializer }
})
const notices = await consumer.consume({
  topics: [`partners.${SIAO_PARTNER}.notices`], mode: 'committed', fallbackMode: 'earliest', autocommit: true
})
const timer = setTimeout(() => notices.close(), Number(SIAO_SECONDS) * 1000)

const waiting = new Set(golden.map(({ headers }) => headers.ce_id))
let rejected = false
for await (const { headers, value } of notices) {
  const type = headers.get('ce_type')
  console.log(JSON.stringify({ type, ...value }))
  if (waiting.delete(value.message_id)) rejected ||= type === 'message.rejected.v1'
  if (waiting.size === 0 && (rejected || type === 'household.designated.v1')) break
}
clearTimeout(timer)
await consumer.close(true)
process.exitCode = rejected || waiting.size > 0 ? 1 : 0
