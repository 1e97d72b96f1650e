import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { configuredIndex, defaultOf, findIndex, indexUrlOf } from '../../../electron/core/models/pip-configuration'
import { listedFiles, normalise } from '../../../electron/core/models/pypi'

const home = mkdtempSync(join(tmpdir(), 'roundhouse-pip-'))
afterAll(() => rmSync(home, { recursive: true }))

describe('the package index of this machine', () => {
  it('is what pip or uv are told by their variables, with credentials as a header', () => {
    expect(configuredIndex({ PIP_INDEX_URL: 'https://me:p%40ss@mirror.example/simple/' })).toEqual({
      address: 'https://mirror.example/simple',
      headers: { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
    })
    expect(configuredIndex({ UV_DEFAULT_INDEX: 'http://uv.example/simple' })?.address).toBe('http://uv.example/simple')
  })

  it('is what the configuration file says', () => {
    mkdirSync(join(home, '.config', 'pip'), { recursive: true })
    writeFileSync(join(home, '.config', 'pip', 'pip.conf'), '[global]\ncert = /x\nindex-url = https://from-file.example/simple\n')
    expect(configuredIndex({ HOME: home }, 'linux')?.address).toBe('https://from-file.example/simple')
  })

  it("is pip's own default when nothing is said, and unknown where there is no pip", async () => {
    const nothingSaid = { PIP_CONFIG_FILE: join(home, 'none'), HOME: join(home, 'nobody') }
    expect(configuredIndex(nothingSaid, 'linux')).toBeNull()
    const help =
      '  -i, --index-url <url>       Base URL of the Python Package Index (default\n                              https://index.example/simple). This should point to a\n'
    expect(defaultOf(help)).toBe('https://index.example/simple')
    expect(await findIndex({ PIP_INDEX_URL: 'https://said.example/simple' }, () => Promise.reject(new Error('not asked')))).toEqual({
      address: 'https://said.example/simple',
      headers: {},
    })
    expect(configuredIndex({ PIP_INDEX_URL: 'file:///srv/wheels' })).toBeNull()
    expect(defaultOf('')).toBeNull()
  })

  it('reads sections as pip does', () => {
    expect(indexUrlOf('[global]\nindex-url=https://a\n[install]\nindex_url : https://b\n[list]\nindex-url = https://c')).toBe('https://b')
    expect(indexUrlOf('[global]\n# index-url = https://a\nextra-index-url = https://b')).toBeNull()
  })
})

describe('a project page', () => {
  const hash = 'a'.repeat(64)

  it('is read as HTML, with relative addresses', () => {
    const html = `<a href="../../files/x_y-1.0-py3-none-any.whl#sha256=${hash}" data-requires-python="&gt;=3.9">x_y-1.0-py3-none-any.whl</a><br/><a href='https://other.example/a.tar.gz?x=1&amp;y=2'>a.tar.gz</a>`
    expect(listedFiles(html, 'text/html; charset=utf-8', 'https://index.example/simple/x-y/')).toEqual([
      { name: 'x_y-1.0-py3-none-any.whl', address: 'https://index.example/files/x_y-1.0-py3-none-any.whl', sha256: hash, bytes: null },
      { name: 'a.tar.gz', address: 'https://other.example/a.tar.gz?x=1&y=2', sha256: null, bytes: null },
    ])
  })

  it('is read as JSON, and refused when it is broken', () => {
    const json = JSON.stringify({ files: [{ filename: 'a.whl', url: '/f/a.whl', hashes: { sha256: hash }, size: 7 }] })
    const type = 'application/vnd.pypi.simple.v1+json'
    expect(listedFiles(json, type, 'https://index.example/simple/a/')).toEqual([
      { name: 'a.whl', address: 'https://index.example/f/a.whl', sha256: hash, bytes: 7 },
    ])
    expect(() => listedFiles('<html>', type, 'https://index.example/')).toThrow(/cannot be read/)
  })

  it('is asked for by the normalised name', () => {
    expect(normalise('Foo__Bar.-baz')).toBe('foo-bar-baz')
  })
})
