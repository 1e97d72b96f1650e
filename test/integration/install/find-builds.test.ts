import { chmod, mkdir, symlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBuildFinder, serverAddress } from '../../../electron/core/install/find-builds'
import { runTool } from '../../../electron/core/lib/run-tool'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { ollama } from '../../../electron/core/runtimes/ollama'
import { machineOf } from '../../unit/recommend/machines'
import { inFolder, put } from './archives'

const machine = machineOf()

async function script(folder: string, name: string, lines: string[]) {
  await put(folder, name, `#!/bin/sh\n${lines.join('\n')}\n`)
  await chmod(join(folder, name), 0o755)
}

const finderIn = (folder: string, environment: Record<string, string> = {}) =>
  createBuildFinder({ runTool, fetch, homeFolder: folder, environment, buildsFolder: join(folder, 'builds') })

const server = [
  'case "$1" in',
  '--version) echo "version: 0.7.0 (build 11669, commit x)" >&2 ;;',
  '--list-devices) echo "Available devices:"; echo "  Vulkan0: A GPU (8192 MiB, 8000 MiB free)" ;;',
  'esac',
]

test('a program on the PATH is found once, with its version and devices, beside the built-in engine', async () => {
  await inFolder(async folder => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    await mkdir(first)
    await mkdir(second)
    await script(first, 'llama-server', server)
    await symlink(join(first, 'llama-server'), join(second, 'llama-server'))
    const builds = await finderIn(folder, { PATH: `${second}:${first}:/nowhere` }).find(llamaCpp, machine)
    const own = builds.filter(build => build.path?.startsWith(folder) ?? true)
    expect(own).toMatchObject([
      { id: expect.stringMatching(/^llama\.cpp@\d+\.\d+\.\d+\+built-in$/), origin: 'bundled', path: null },
      {
        id: 'llama.cpp@b11669+llama-server',
        kind: 'llama-server',
        origin: 'adopted',
        path: join(second, 'llama-server'),
        backends: ['vulkan', 'cpu'],
      },
    ])
  })
})

test('two versions are two builds; what only has the name is none', async () => {
  await inFolder(async folder => {
    const folders = ['a', 'b', 'c'].map(name => join(folder, name))
    for (const each of folders) await mkdir(each)
    const [a = '', b = '', c = ''] = folders
    await script(a, 'llama-server', server)
    await script(b, 'llama-server', ['echo "version: 6123 (abc)"'])
    await script(c, 'llama-server', ['echo "I am another program"'])
    const builds = await finderIn(folder, { PATH: folders.join(':') }).find(llamaCpp, machine)
    expect(builds.filter(build => build.path?.startsWith(folder)).map(build => build.version)).toEqual(['b11669', 'b6123'])
  })
})

test('a running server is found at the address that its variable names', async () => {
  const running = createServer((request, response) => response.end(request.url === '/api/version' ? '{"version":"0.17.4"}' : ''))
  await new Promise<void>(resolve => running.listen(0, '127.0.0.1', resolve))
  const { port } = running.address() as AddressInfo
  try {
    await inFolder(async folder => {
      const [found] = await finderIn(folder, { OLLAMA_HOST: `0.0.0.0:${port}` }).find(ollama, machine)
      expect(found).toMatchObject({ id: 'ollama@0.17.4+running', origin: 'running', path: `http://127.0.0.1:${port}` })
    })
  } finally {
    running.close()
  }
})

test('a server that does not answer costs no more than its limit', async () => {
  const mute = createServer(() => undefined)
  await new Promise<void>(resolve => mute.listen(0, '127.0.0.1', resolve))
  try {
    await inFolder(async folder => {
      const began = performance.now()
      const builds = await finderIn(folder, { OLLAMA_HOST: `127.0.0.1:${(mute.address() as AddressInfo).port}` }).find(ollama, machine)
      expect(builds.filter(build => build.origin === 'running')).toEqual([])
      expect(performance.now() - began).toBeLessThan(2_000)
    })
  } finally {
    mute.closeAllConnections()
    mute.close()
  }
})

test.each([
  ['127.0.0.1:4000', 'http://127.0.0.1:4000'],
  [':4000', 'http://127.0.0.1:4000'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['box.lan', 'http://box.lan:11434'],
  ['https://box.lan:8443/', 'https://box.lan:8443'],
  ['not an address', 'http://127.0.0.1:11434'],
])('OLLAMA_HOST=%s means %s', (text, address) => {
  expect(serverAddress(text, 'http://127.0.0.1:11434')).toBe(address)
})
