// A bare relay, like ../relay.py: sends every message to everybody else, and keeps nothing.
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => console.log(server.address().port))

server.on('connection', connection => {
  connection.on('message', (message, binary) => {
    for (const other of server.clients) {
      if (other !== connection) other.send(message, { binary })
    }
  })
})
