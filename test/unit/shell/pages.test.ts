import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { electronStandIn } from './electron-stand-in'

vi.doMock('electron', () => electronStandIn().module)
const { pageAddress, readPage } = await import('../../../electron/shell/pages')

const folder = mkdtempSync(join(tmpdir(), 'roundhouse-pages-'))
const renderer = join(folder, 'renderer')

beforeAll(() => {
  mkdirSync(join(renderer, 'assets'), { recursive: true })
  mkdirSync(join(folder, 'renderer-other'))
  writeFileSync(join(renderer, 'index.html'), 'page')
  writeFileSync(join(renderer, 'assets', 'main.js'), 'script')
  writeFileSync(join(renderer, 'assets', 'a b.css'), 'style')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'renderer-other', 'secret.txt'), 'secret')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bodyOf = (address: string) => readPage(renderer, address).body.toString()

test('its own files are served with their types', () => {
  expect(bodyOf(pageAddress)).toBe('page')
  expect(readPage(renderer, pageAddress)).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' })
  expect(readPage(renderer, 'roundhouse-app://window/assets/main.js')).toMatchObject({
    status: 200,
    type: 'text/javascript; charset=utf-8',
  })
  expect(bodyOf('roundhouse-app://window/assets/a%20b.css?x=1#y')).toBe('style')
})

describe('nothing beside the folder is served', () => {
  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/..%2Fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/..%2frenderer-other%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e%252fsecret.txt',
    '//secret.txt',
    '/%2fetc%2fpasswd',
    '//etc/passwd',
    '/index.html%00.js',
    '/..%00/secret.txt',
    '/%',
    '/%ff',
    '/',
    '/assets',
    '/assets/',
    '/index.html/',
    '/missing.js',
  ])('%s', path => {
    const page = readPage(renderer, `roundhouse-app://window${path}`)
    expect(page.status).toBe(404)
    expect(page.body.toString()).not.toContain('secret')
  })

  test.each(['', 'not an address', '/index.html', 'roundhouse-app:'])('%j', address => {
    expect(readPage(renderer, address).status).toBe(404)
  })
})
