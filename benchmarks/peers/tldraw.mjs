// One room for everybody. The records are components of a bench, so the schema is ours, and checks less than
// tldraw's own; everything else is as the package sets it up: the document is in memory.
import { TLSocketRoom, getTlsyncProtocolVersion } from '@tldraw/sync-core'
import { StoreSchema, createRecordType } from '@tldraw/store'
import { WebSocketServer } from 'ws'

if (getTlsyncProtocolVersion() !== 8) throw new Error('The generator speaks version 8 of the protocol.')

const component = createRecordType('component', { scope: 'document', validator: { validate: record => record } })
const schema = StoreSchema.create({ component })
const empty = { documentClock: 0, documents: [], schema: schema.serialize() }
const room = new TLSocketRoom({ schema, initialSnapshot: empty })
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => console.log(server.address().port))
let number = 0

server.on('connection', socket => {
  room.handleSocketConnect({ sessionId: `session ${number++}`, socket })
})
