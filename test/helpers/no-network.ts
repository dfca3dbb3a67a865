/** Unit tests never leave this machine: a connection to anything but loopback or a unix socket fails with the target's name. */
import net from 'node:net'

const connect = net.Socket.prototype.connect

net.Socket.prototype.connect = function guarded(this: net.Socket, ...args: unknown[]): net.Socket {
  const [target] = Array.isArray(args[0]) ? args[0] : args
  const { host, path } =
    typeof target === 'object' && target !== null ? (target as { host?: string; path?: string }) : {}
  const isLocal = path !== undefined || host === undefined || /^(?:127\.|::1$|localhost$)/.test(host)
  if (!isLocal) throw new Error(`unit tests have no network: something tried to reach ${host}`)
  return Reflect.apply(connect, this, args) as net.Socket
}
