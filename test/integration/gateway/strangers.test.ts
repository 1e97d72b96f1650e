import { describe, expect, test } from 'vitest'
import { key, rawRequest } from './setup'
import { origin, status, strictGateway } from './strict-gateway'

const running = strictGateway()

describe('Host', () => {
  const get = (lines: string[], target = '/v1/models', version = '1.1') =>
    `GET ${target} HTTP/${version}\r\n${lines.map(line => `${line}\r\n`).join('')}authorization: Bearer ${key}\r\nconnection: close\r\n\r\n`

  test.each(['127.0.0.1:PORT', 'localhost:PORT', 'LocalHost:PORT', '[::1]:PORT'])('%s is ours', async host => {
    expect(status(await rawRequest(running.started.port, get([`Host: ${host.replace('PORT', String(running.started.port))}`])))).toBe(200)
  })

  test.each([
    ['absent', []],
    ['empty', ['Host: ']],
    ['without a port', ['Host: 127.0.0.1']],
    ['localhost without a port', ['Host: localhost']],
    ['another port', ['Host: 127.0.0.1:1']],
    ['a trailing dot', ['Host: localhost.:PORT']],
    ['a name that someone points here', ['Host: evil.test:PORT']],
    ['a name that only starts like ours', ['Host: localhost.evil.test:PORT']],
    ['a name that only ends like ours', ['Host: evil-localhost:PORT']],
    ['a user before it', ['Host: evil@127.0.0.1:PORT']],
    ['another loopback address', ['Host: 127.0.0.2:PORT']],
    ['all addresses', ['Host: 0.0.0.0:PORT']],
    ['the short form of the address', ['Host: 127.1:PORT']],
    ['the address as one number', ['Host: 2130706433:PORT']],
    ['the address in hex', ['Host: 0x7f.0.0.1:PORT']],
    ['the address in octal', ['Host: 0177.0.0.1:PORT']],
    ['IPv6 without brackets', ['Host: ::1:PORT']],
    ['IPv6 in full', ['Host: [0:0:0:0:0:0:0:1]:PORT']],
    ['IPv4 within IPv6', ['Host: [::ffff:127.0.0.1]:PORT']],
    ['IPv6 with a zone', ['Host: [::1%25lo]:PORT']],
    ['a leading zero in the port', ['Host: 127.0.0.1:0PORT']],
    ['something behind the port', ['Host: 127.0.0.1:PORT/']],
    ['a space within', ['Host: 127.0.0.1 :PORT']],
    ['two names', ['Host: 127.0.0.1:PORT, evil.test']],
    ['given twice, ours first', ['Host: 127.0.0.1:PORT', 'Host: evil.test']],
    ['given twice, ours last', ['Host: evil.test', 'Host: 127.0.0.1:PORT']],
    ['given twice, both ours', ['Host: 127.0.0.1:PORT', 'Host: 127.0.0.1:PORT']],
    ['only forwarded', ['Host: evil.test', 'X-Forwarded-Host: 127.0.0.1:PORT']],
  ])('%s is refused with 421', async (_, lines) => {
    expect(status(await rawRequest(running.started.port, get(lines.map(line => line.replace('PORT', String(running.started.port))))))).toBe(
      421,
    )
  })

  test('absolute targets and HTTP/1.0 without a name are refused with 421', async () => {
    const host = `Host: 127.0.0.1:${running.started.port}`
    for (const target of [`http://127.0.0.1:${running.started.port}/v1/models`, 'http://evil.test/v1/models', '*']) {
      expect(status(await rawRequest(running.started.port, get([host], target)))).toBe(421)
    }
    expect(status(await rawRequest(running.started.port, get([], '/v1/models', '1.0')))).toBe(421)
  })
})

describe('web pages', () => {
  test.each(['null', 'https://evil.test', 'file://', 'chrome-extension://abc', 'http://127.0.0.1:1', `${origin}.evil.test`, ''])(
    'origin "%s" is refused',
    async value => {
      const answer = await rawRequest(
        running.started.port,
        `GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:${running.started.port}\r\nOrigin: ${value}\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
      )
      expect(status(answer)).toBe(403)
      expect(answer.toLowerCase()).not.toContain('access-control')
    },
  )

  test('a cross-site image or form without an origin is refused', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const answer = await rawRequest(
        running.started.port,
        `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${running.started.port}\r\nSec-Fetch-Site: ${site}\r\nConnection: close\r\n\r\n`,
      )
      expect(status(answer)).toBe(403)
    }
  })

  test('an allowed origin may ask and is named, not any', async () => {
    const preflight = await rawRequest(
      running.started.port,
      `OPTIONS /v1/models HTTP/1.1\r\nHost: 127.0.0.1:${running.started.port}\r\nOrigin: ${origin}\r\nConnection: close\r\n\r\n`,
    )
    expect(preflight).toMatch(/^HTTP\/1\.1 204/)
    expect(preflight).toContain(`access-control-allow-origin: ${origin}`)
    expect(preflight).toContain('access-control-max-age: 600')
    expect(preflight).not.toContain('allow-credentials')
    const stranger = await rawRequest(
      running.started.port,
      `OPTIONS /v1/models HTTP/1.1\r\nHost: 127.0.0.1:${running.started.port}\r\nOrigin: https://evil.test\r\nConnection: close\r\n\r\n`,
    )
    expect(status(stranger)).toBe(403)
  })
})
