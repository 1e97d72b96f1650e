import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { reachOf } from '../../../electron/transport/reach'

const address = (family: 'IPv4' | 'IPv6', text: string, internal = false): NetworkInterfaceInfo => {
  const common = { address: text, netmask: '', mac: '', internal, cidr: null }
  return family === 'IPv4' ? { ...common, family } : { ...common, family, scopeid: text.startsWith('fe80') ? 2 : 0 }
}
const world = {
  name: 'Workshop',
  interfaces: {
    lo: [address('IPv4', '127.0.0.1', true), address('IPv6', '::1', true)],
    eth0: [address('IPv6', 'fe80::1'), address('IPv6', '2001:DB8::7'), address('IPv4', '192.168.7.20')],
  },
}

test('one address is reached by itself and by the loopback names', () => {
  expect(reachOf('127.0.0.1', world)).toMatchObject({ own: '127.0.0.1', shown: '127.0.0.1' })
  expect(reachOf('::1', world)).toEqual({ names: ['127.0.0.1', 'localhost', '[::1]', '[::1]'], own: '[::1]', shown: '[::1]' })
})

test('every address is reached from outside by those of this machine and its name, and from here by loopback', () => {
  const { names, own, shown } = reachOf('0.0.0.0', world)
  expect([own, shown]).toEqual(['127.0.0.1', '192.168.7.20'])
  expect(names).toEqual(expect.arrayContaining(['localhost', '192.168.7.20', '[2001:db8::7]', 'workshop', 'workshop.local']))
  expect(names).not.toContain('[fe80::1]')
  expect(reachOf('::', { ...world, interfaces: {} })).toMatchObject({ own: '[::1]', shown: '[::1]' })
})
