// The server of the quick start in Hocuspocus' documentation.
import { Server } from '@hocuspocus/server'

const server = new Server({ address: '127.0.0.1', port: 0, quiet: true })
await server.listen()
console.log(server.address.port)
