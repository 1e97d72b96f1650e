import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startRequestSchema, type StartRequest } from '../../../electron/contract/instance'
import { runTool } from '../../../electron/core/lib/run-tool'
import { vllm } from '../../../electron/core/runtimes/vllm'
import type { StartSpec } from '../../../electron/core/supervisor/supervisor.types'
import { gpuOf, machineOf } from '../../unit/recommend/machines'
import { inputOf } from '../../unit/runtimes/launching'
import { serveRegistry, type Served } from '../install/oci-registry-server'
import { boot, cleanUp, logText } from './harness'

/** A runtime out of an image through the real supervisor, against the fake of the engine's command line. */
const fake = join(import.meta.dirname, '..', '..', 'fixtures', 'fake-container-engine.mjs')
let home: string
let docker: string
let registry: Served

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'rh-container-'))
  docker = join(home, 'docker')
  mkdirSync(join(home, 'engine'))
  mkdirSync(join(home, 'model'))
  writeFileSync(join(home, 'package.json'), '{"type":"module"}')
  const text = readFileSync(fake, 'utf8').replace('#!/usr/bin/env node', `#!${process.execPath}`)
  writeFileSync(docker, text.replace("join(import.meta.dirname, 'fake-engine')", JSON.stringify(join(home, 'engine'))))
  chmodSync(docker, 0o755)
  registry = await serveRegistry({ repository: 'maker/engine', tag: 'v1.0', layerBytes: [10] })
  await runTool(docker, ['pull', `${registry.address}/maker/engine@${registry.digest}`], { timeoutMs: 10_000 })
})

afterEach(async () => {
  await cleanUp()
  await registry.close()
  rmSync(home, { recursive: true, force: true })
})

const misbehave = (faults: object) => writeFileSync(join(home, 'engine', 'faults.json'), JSON.stringify(faults))
const asked = () =>
  readFileSync(join(home, 'engine', 'asked.log'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as string[])
const running = () => readdirSync(join(home, 'engine')).filter(name => name.startsWith('running-'))

function specOf(changes: Partial<StartRequest> = {}): StartSpec {
  const request = startRequestSchema.parse({ runtime: 'vllm', build: null, model: 'org/model:BF16', ...changes })
  const build = {
    ...({
      id: 'vllm@v1.0+cuda-container',
      runtime: 'vllm',
      kind: 'vllm',
      title: 'vLLM container',
      version: 'v1.0',
      origin: 'managed',
    } as const),
    ...{ path: docker, image: `${registry.address}/maker/engine@${registry.digest}`, backends: ['cuda'] },
  }
  const model = { id: 'org/model:BF16', title: 'Model', path: join(home, 'model'), sha256: null, facts: null }
  const machine = machineOf({ gpus: [gpuOf({ vendor: 'nvidia', usable: true })] })
  const input = inputOf({ request, build, model, machine, route: 'chat' })
  return {
    ...{
      key: 'chat',
      runtime: vllm,
      build: input.build,
      model: { id: model.id, title: 'Model', engineTest: false },
      route: 'chat',
      request,
    },
    ...{ estimate: null, speedEstimate: null, makeInput: means => ({ ...input, ...means }) },
  }
}

describe('a runtime in a container (a fake of the engine)', () => {
  test('starts by digest with its port on this machine only and the model read-only, answers, and is gone after its stop', async () => {
    const { supervisor } = await boot({})
    const instance = await supervisor.start(specOf())
    expect(instance.state.kind).toBe('ready')
    const command = asked().find(([word]) => word === 'run') ?? []
    const text = command.join(' ')
    const port = new URL(supervisor.upstream(instance.id)?.address ?? '').port
    expect(text).toContain(`--publish 127.0.0.1:${port}:${port}`)
    expect(text).toContain(`--volume ${join(home, 'model')}:/model:ro`)
    expect(text).toContain('--gpus all')
    expect(text).toContain(`${registry.address}/maker/engine@${registry.digest} serve /model`)
    expect(text).not.toContain('--privileged')
    expect(command.slice(0, 4)).toEqual(['run', '--rm', '--pull', 'never'])
    // Its secret is the value of a variable, not a word that anybody can read.
    expect(command.filter((_, index) => command[index - 1] === '--env')).toContain('VLLM_API_KEY')
    expect(text).not.toContain(supervisor.attempt(instance.id)?.input.key ?? 'no key')
    expect(running()).toHaveLength(1)
    expect(logText(supervisor, instance.id)).toContain('Application startup complete')
    await supervisor.stop(instance.id)
    expect(running()).toEqual([])
    expect(asked().some(([word, , , name]) => word === 'stop' && name === command[command.indexOf('--name') + 1])).toBe(true)
  })

  test.each([
    [
      { run: 'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]' },
      'no-gpu-in-container',
      /NVIDIA Container Toolkit/,
    ],
    [{ daemon: true }, 'not-set-up', /service does not run/],
    [
      {
        run: 'docker: Error response from daemon: error gathering device information while adding custom device "/dev/kfd": no such file or directory.',
      },
      'no-gpu-in-container',
      /driver is not loaded/,
    ],
    [
      { run: 'nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update your driver' },
      'driver-too-old',
      /Update the driver/,
    ],
  ])('that cannot start says why: %o', async (faults, cause, words) => {
    misbehave(faults)
    const { supervisor } = await boot({})
    await expect(supervisor.start(specOf())).rejects.toMatchObject({ code: 'did-not-start' })
    const state = supervisor.list()[0]?.state
    expect(state).toMatchObject({ kind: 'failed', autopsy: { cause, explanation: expect.stringMatching(words) as string } })
  })

  test('whose image was removed says so, and offers to install it again', async () => {
    const { supervisor } = await boot({})
    await runTool(docker, ['image', 'rm', `${registry.address}/maker/engine@${registry.digest}`], { timeoutMs: 10_000 })
    await expect(supervisor.start(specOf())).rejects.toMatchObject({ code: 'did-not-start' })
    const state = supervisor.list()[0]?.state
    expect(state).toMatchObject({ kind: 'failed', autopsy: { cause: 'not-installed', fixes: [{ action: { kind: 'install' } }] } })
  })
})
