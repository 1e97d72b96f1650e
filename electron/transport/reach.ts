import { hostname as machineName, networkInterfaces } from 'node:os'

export type Reach = {
  /** Names by which it may be asked, as a Host header has them, without port. */
  names: readonly string[]
  /** Its name for programs on this machine. */
  own: string
  /** Its name for whoever is to open it. */
  shown: string
}

type World = { interfaces: ReturnType<typeof networkInterfaces>; name: string }

const loopback = ['127.0.0.1', 'localhost', '[::1]']
const inUrl = (name: string) => (name.includes(':') ? `[${name}]` : name).toLowerCase()

/** How a server that listens on `hostname` is reached. One on every address answers to those of this machine and to its name, and to no other. */
export function reachOf(hostname: string, { interfaces, name }: World = { interfaces: networkInterfaces(), name: machineName() }): Reach {
  if (hostname !== '0.0.0.0' && hostname !== '::')
    return { names: [...loopback, inUrl(hostname)], own: inUrl(hostname), shown: inUrl(hostname) }
  const outside = Object.values(interfaces).flatMap(each => (each ?? []).filter(({ internal, scopeid }) => !internal && !scopeid))
  const own = hostname === '::' ? '[::1]' : '127.0.0.1'
  const shown = outside.find(({ family }) => family === 'IPv4') ?? outside[0]
  return {
    names: [...loopback, ...outside.map(({ address }) => inUrl(address)), inUrl(name), `${inUrl(name)}.local`],
    own,
    shown: shown ? inUrl(shown.address) : own,
  }
}
