// The package's own server.js, which can't listen on a port that the system chooses.
import http from 'node:http'
import { WebSocketServer } from 'ws'
import { setupWSConnection } from '@y/websocket-server/utils'

const sockets = new WebSocketServer({ noServer: true })
sockets.on('connection', setupWSConnection)

const server = http.createServer()
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, connection => sockets.emit('connection', connection, request))
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
