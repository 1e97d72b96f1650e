import { expect, test } from 'vitest'
import type { Machine } from '../../../electron/contract/machine'
import { missingContainer } from '../../../electron/core/recommend/missing-container'
import { recommend } from '../../../electron/core/recommend/recommend'
import type { BuildKind } from '../../../electron/core/runtimes/runtime'
import { sglangBuilds } from '../../../electron/core/runtimes/sglang.builds'
import { vllmBuilds } from '../../../electron/core/runtimes/vllm.builds'
import { inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

const choice = { build: null, backend: 'cuda', offer: null, title: 'The engine', container: true }
const nvidia = (engine: Pick<Machine, 'containerEngine' | 'containerGpu'>, driver = '580.65') => ({
  ...machineOf({ gpus: [gpuOf({ driver })] }),
  ...engine,
})
const textsOf = (machine: Machine, change: Partial<typeof choice> = {}) =>
  missingContainer({ ...choice, ...change }, machine).map(each => each.text)

test('a container without an engine needs one, and the toolkit with it where the GPU is NVIDIA’s', () => {
  expect(textsOf(nvidia({ containerEngine: null }))).toEqual([
    'The engine runs in a container, and neither Docker nor Podman is here: install one of them first, with the NVIDIA Container Toolkit so that it is given the GPU.',
  ])
  const amd = machineOf({ gpus: [gpuOf({ vendor: 'amd', driver: null, rocmTarget: 'gfx942' })] })
  expect(textsOf(amd, { backend: 'rocm' })).toEqual([
    'The engine runs in a container, and neither Docker nor Podman is here: install one of them first.',
  ])
  // An earlier Docker left the toolkit behind.
  expect(textsOf(nvidia({ containerEngine: null, containerGpu: { can: true, how: 'CDI' } }))[0]).not.toContain('Toolkit')
})

test.each(['Docker 27.3', 'Podman 5.2'])('%s that cannot hand over the GPU needs the toolkit', containerEngine => {
  const lacking = { can: false, how: 'neither a CDI specification nor a runtime named nvidia' }
  expect(textsOf(nvidia({ containerEngine, containerGpu: lacking }))).toEqual([
    `The engine would not be given the GPU: ${containerEngine} has neither a CDI specification nor a runtime named nvidia. Install the NVIDIA Container Toolkit first.`,
  ])
  expect(textsOf(nvidia({ containerEngine, containerGpu: { can: true, how: 'CDI' } }))).toEqual([])
  expect(textsOf(nvidia({ containerEngine, containerGpu: null }))).toEqual([])
  expect(textsOf(nvidia({ containerEngine, containerGpu: lacking }), { backend: 'cpu' })).toEqual([])
  expect(textsOf(nvidia({ containerEngine, containerGpu: lacking }), { container: false })).toEqual([])
})

test('a recommendation of a container lists Docker as missing on a machine without it, and not with it', () => {
  // Below driver 580 there are no packages for it, and the container is what is left.
  const card = gpuOf({ driver: '570.12', cudaVersion: '12.8', vramMiB: 81_920, vramFreeMiB: 81_000 })
  const machine = machineOf({ gpus: [card] })
  const missingOf = (on: Machine) =>
    recommend(inputFor(on, { runtime: 'vllm', users: 16 }))
      .decisions[0]?.startable.missing.map(each => each.text)
      .join(' ') ?? 'no decision'
  expect(missingOf(machine)).toContain('neither Docker nor Podman is here')
  const able = { ...machine, containerEngine: 'Docker 27.3', containerGpu: { can: true, how: 'CDI' } }
  expect(missingOf(able)).toMatch(/container.*has to be installed/)
  expect(missingOf(able)).not.toContain('Docker')
})

const containerFor = ([kind]: readonly BuildKind[], driver: string | null) =>
  kind?.installs(machineOf({ gpus: [gpuOf({ driver })] })).find(each => each.fetch.kind === 'container')

test.each([
  ['580.65', 'v0.5.23', 'v0.32.0', null],
  ['570.12', 'v0.5.19-cu129', 'v0.32.0-cu129', null],
  ['535.86', 'v0.5.19-cu129', 'v0.32.0-cu129', null],
  ['515.43', 'v0.5.19-cu129', 'v0.32.0-cu129', 'CUDA 12 needs driver 525 or newer; here is 515. Update the driver.'],
  [null, 'v0.5.23', 'v0.32.0', null],
] as const)('an image fits the driver: on %s SGLang’s is %s and vLLM’s %s', (...[driver, sglang, vllm, why]) => {
  expect(containerFor(sglangBuilds, driver)).toMatchObject({ fetch: { image: 'docker.io/lmsysorg/sglang', tag: sglang }, why })
  expect(containerFor(vllmBuilds, driver)).toMatchObject({ fetch: { image: 'docker.io/vllm/vllm-openai', tag: vllm }, why })
})
