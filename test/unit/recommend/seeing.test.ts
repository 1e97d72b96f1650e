import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Decision } from '../../../electron/contract/decision'
import type { Machine } from '../../../electron/contract/machine'
import type { CatalogueModel, LibraryModel } from '../../../electron/contract/model'
import type { Need } from '../../../electron/contract/need'
import type { Build } from '../../../electron/contract/runtime'
import { estimateStart } from '../../../electron/core/recommend/estimate-start'
import { sizeOfArtifact } from '../../../electron/core/recommend/model-size'
import { recommend } from '../../../electron/core/recommend/recommend'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { startRequestOf } from '../../../renderer/features/home/start-request'
import { writeEmptyProjector } from '../../runtimes/live/empty-projector'
import { catalogue, inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

const folder = mkdtempSync(join(tmpdir(), 'seeing-'))
afterAll(() => rmSync(folder, { recursive: true }))

const seers = catalogue.filter(({ abilities }) => abilities.includes('vision'))
const known = (id: string): CatalogueModel => {
  const found = catalogue.find(each => each.id === id)
  if (!found) throw new Error(`${id} is not in the catalogue`)
  return found
}
const MiB = 1024 * 1024

describe('what reads images, in the catalogue', () => {
  test('is there for every model that sees, with its source', () => {
    for (const { id, projector } of seers) expect(projector?.source.length ?? 0, id).toBeGreaterThan(10)
    for (const { id, abilities, projector } of catalogue) if (!abilities.includes('vision')) expect(projector, id).toBeUndefined()
  })

  const shaped = seers.flatMap(({ id, projector }) =>
    projector?.encoder ? [{ id, bytes: projector.bytes, encoder: projector.encoder }] : [],
  )
  // What hears lies in the same file of the two small Gemmas.
  test.each(shaped.filter(({ id }) => !/E[24]B/.test(id)))('$id is as large as the tensors of its encoder', ({ bytes, encoder }) => {
    const path = join(folder, 'mmproj.gguf')
    writeEmptyProjector(path, encoder)
    expect(Math.abs(statSync(path).size / bytes - 1)).toBeLessThan(0.005)
  })

  test('hands the model vectors of its width', () => {
    for (const { id, encoder } of shaped) expect(encoder.outputWidth, id).toBe(known(id).shape.hidden)
  })

  test('agrees with what was published: 668 and 672 MB, 986 with what hears', () => {
    const megabytes = ['Qwen/Qwen3.5-2B', 'Qwen/Qwen3.5-4B', 'google/gemma-4-E2B-it'].map(id =>
      Math.round((known(id).projector?.bytes ?? 0) / 1e6),
    )
    expect(megabytes).toEqual([668, 672, 986])
  })
})

const card = (gib: number, count = 1) =>
  machineOf({
    gpus: Array.from({ length: count }, (_, index) => gpuOf({ id: `gpu${index}`, vramMiB: gib * 1024, vramFreeMiB: gib * 1024 - 300 })),
  })
const firstOf = (machine: Machine, need: Partial<Need>, changes = {}): Decision => {
  const [first] = recommend(inputFor(machine, { runtime: 'llama.cpp', ...need }, changes)).decisions
  if (!first) throw new Error('nothing was decided')
  return first
}
const sees: Partial<Need> = { abilities: ['vision'] }
const imagesMiB = ({ memory }: Decision) => memory.devices.reduce((sum, { projectorMiB = 0 }) => sum + projectorMiB, 0)

/** 918.1 MB of weights and the 248.1 MiB of buffer that servers log for this encoder (fixtures/vision-logs.ts). */
const nineMiB = 918.1e6 / MiB + 248.1

describe('a decision', () => {
  test('holds what reads images, weights and buffer, in its memory, its parts and its workings', () => {
    const decision = firstOf(card(24), { ...sees, model: 'Qwen/Qwen3.5-9B:Q4_K_M' })
    const [gpu] = decision.memory.devices
    expect(gpu?.projectorMiB).toBeCloseTo(nineMiB, 0)
    expect(decision.memory.parts?.projector).toMatch(/Weights of 876 MiB\. A buffer of 248 MiB for a picture of 1472 x 1472/)
    expect(decision.memory.workings.at(-1)).toBe(decision.memory.parts?.projector)
    expect(decision.startable.missing.find(({ kind }) => kind === 'model')?.bytes).toBeGreaterThan(918.1e6 + 5e9)
    expect(decision).not.toHaveProperty('images')
  })

  test('takes a smaller quantisation, or less of the model on the card, where pictures need the room', () => {
    const plain = firstOf(card(9), { model: 'Qwen/Qwen3.5-9B', contextTokens: 16_384 })
    const seeing = firstOf(card(9), { ...sees, model: 'Qwen/Qwen3.5-9B', contextTokens: 16_384 })
    expect([plain.artifact, seeing.artifact]).toEqual(['Q6_K', 'UD-Q4_K_XL'])
    expect(seeing.memory.gpuLayers).toBe(seeing.memory.layers)
    expect(imagesMiB(seeing)).toBeCloseTo(nineMiB, 0)
  })

  test('loses nothing to pictures that nobody asked for: they are left out where they have no room, which is said', () => {
    const plain = firstOf(card(9), { model: 'Qwen/Qwen3.5-9B', contextTokens: 16_384 })
    expect(plain).toMatchObject({ images: false, artifact: 'Q6_K' })
    expect(plain.memory.gpuLayers).toBe(plain.memory.layers)
    expect(imagesMiB(plain)).toBe(0)
    expect(plain.warnings.find(each => each.startsWith('It answers text only'))).toContain(`${Math.round(nineMiB)} MiB more`)
    expect(plain.command).toContain('--no-mmproj')
    expect(startRequestOf(plain)).toMatchObject({ images: false })
  })

  test('counts them where there is room, though nobody asked: every start loads them', () => {
    const plain = firstOf(card(24), { model: 'Qwen/Qwen3.5-9B:Q4_K_M' })
    expect(imagesMiB(plain)).toBeCloseTo(nineMiB, 0)
    expect(startRequestOf(plain)).not.toHaveProperty('images')
  })

  test('never names an engine or a build that answers no pictures where they were asked for', () => {
    const builtIn: Build = { ...llamaServer(['cpu']), id: 'llama.cpp@built-in', kind: 'built-in', origin: 'bundled' }
    const { decisions, rejected } = recommend(inputFor(machineOf(), sees, { builds: [builtIn] }))
    expect(decisions.length).toBeGreaterThan(0)
    expect(decisions.filter(each => each.build === builtIn.id && !each.engineTest)).toEqual([])
    expect(recommend(inputFor(machineOf(), {}, { builds: [builtIn] })).decisions[0]?.build).toBe(builtIn.id)
    const mac = machineOf({
      ...{ os: { platform: 'darwin', arch: 'arm64', version: '26.1' }, memory: { totalMiB: 65_536, availableMiB: 56_000 } },
      gpus: [gpuOf({ vendor: 'apple', name: 'Apple M4 Pro', memoryKind: 'unified', integrated: true, vramMiB: null, vramFreeMiB: null })],
    })
    const onMac = recommend(inputFor(mac, sees))
    expect(onMac.decisions.map(({ runtime }) => runtime)).not.toContain('mlx')
    expect([...rejected, ...onMac.rejected].map(({ runtime }) => runtime)).toContain('mlx')
  })

  test('says that a file which is here sees nothing without its projector', () => {
    const why = 'The file that reads images for it is not here, so it answers text only'
    const blind = fileOf('Qwen/Qwen3.5-4B', 'Q4_K_M', { path: null, bytes: null, sha256: null, why })
    const decision = firstOf(card(24), sees, {
      library: [blind],
      builds: [llamaServer(['cuda', 'cpu'])],
      catalogue: [known('Qwen/Qwen3.5-4B')],
    })
    const here = recommend(
      inputFor(
        card(24),
        { runtime: 'llama.cpp', ...sees, model: 'Qwen/Qwen3.5-4B:Q4_K_M' },
        { library: [blind], builds: [llamaServer(['cuda', 'cpu'])] },
      ),
    ).decisions.find(each => each.libraryId === blind.id)
    expect(decision.runtime).toBe('llama.cpp')
    expect(here && imagesMiB(here)).toBe(0)
    expect(here?.warnings).toContain(`${why}. Models fetches it.`)
  })
})

function llamaServer(backends: string[]): Build {
  return {
    ...{
      id: `llama.cpp@b11669+${backends.join('-')}`,
      runtime: 'llama.cpp',
      kind: 'llama-server',
      title: 'llama-server',
      version: 'b11669',
    },
    ...{ variant: null, path: '/opt/llama-server', origin: 'managed', backends, notes: [] },
  }
}

/** A downloaded file whose header says what the catalogue does. */
function fileOf(id: string, artifactId: string, projector?: LibraryModel['projector']): LibraryModel {
  const model = known(id)
  const artifact = model.artifacts.find(each => each.id === artifactId)
  if (!artifact) throw new Error(`${id} has no ${artifactId}`)
  const bytes = Math.round(sizeOfArtifact(model, artifact).weightsBytes)
  const facts: LibraryModel['facts'] = {
    ...{ format: 'gguf', name: model.title, architecture: 'qwen35', quantisation: artifact.quantisation, bytes, tensorBytes: bytes },
    ...{ tensorCount: 400, parameters: model.parameters, shape: model.shape, chatTemplate: true },
    layerBytes: Array.from({ length: model.shape.layers }, () => Math.round((bytes * 0.9) / model.shape.layers)),
  }
  const whole = {
    path: `/models/mmproj-${model.shape.hidden}.gguf`,
    bytes: model.projector?.bytes ?? 0,
    sha256: null,
    why: null,
    encoder: model.projector?.encoder ?? null,
  }
  return {
    ...{ id: `${id}:${artifactId}`, title: `${model.title} ${artifactId}`, catalogueId: id, artifactId, origin: 'downloaded', bytes },
    ...{ path: `/models/${artifactId}.gguf`, state: 'ready', why: null, sha256: null, facts, engineTest: false, addedAt: '' },
    projector: projector === undefined ? whole : projector,
  }
}

describe('Home and the start that follows', () => {
  const library = [
    ...[fileOf('Qwen/Qwen3.5-2B', 'Q4_K_M'), fileOf('Qwen/Qwen3.5-9B', 'Q4_K_M'), fileOf('Qwen/Qwen3.5-9B', 'Q8_0')],
    ...[fileOf('google/gemma-4-31B-it', 'Q4_K_M'), fileOf('google/gemma-4-12B-it', 'Q4_K_M'), fileOf('Qwen/Qwen3.6-35B-A3B', 'UD-Q4_K_M')],
  ]
  const builds = [llamaServer(['cuda', 'cpu']), llamaServer(['cpu'])]
  const needs: Partial<Need>[] = [
    {},
    sees,
    { task: 'coding', contextTokens: 32_768 },
    { ...sees, users: 4 },
    { ...sees, contextTokens: 65_536 },
  ]
  const machines: [string, Machine][] = [
    ['no card', machineOf()],
    ...[4, 6, 8, 10, 12, 16, 20, 24, 32, 48].map((gib): [string, Machine] => [`${gib} GB`, card(gib)]),
    ...[8, 16, 24].map((gib): [string, Machine] => [`two of ${gib} GB`, card(gib, 2)]),
  ]

  test.each(machines)('say the same figures on %s, whether or not pictures were asked for', (_name, machine) => {
    const seen = { counted: 0, leftOut: 0, compared: 0 }
    for (const wanted of needs)
      for (const file of library) {
        const need = { runtime: 'llama.cpp', model: file.id, ...wanted }
        const { decisions } = recommend(inputFor(machine, need, { library, builds }))
        for (const decision of decisions.filter(each => each.libraryId === file.id && each.build !== null)) {
          const build = builds.find(each => each.id === decision.build)
          if (!build) throw new Error('an unknown build')
          const request = startRequestOf(decision)
          const { contextTokens, slots } = decision
          const start = estimateStart({
            ...{ machine, runtime: llamaCpp, build, model: file, known: known(file.catalogueId ?? ''), request },
            ...{ contextTokens, slots, measurements: [] },
          })
          expect(start.memory, decision.headline).toEqual(decision.memory)
          seen.compared += 1
          seen.counted += imagesMiB(decision) > 0 ? 1 : 0
          seen.leftOut += decision.images === false ? 1 : 0
          if (wanted.abilities) expect(decision.images, decision.headline).toBeUndefined()
          else expect(imagesMiB(decision) > 0 || decision.images === false, decision.headline).toBe(true)
        }
      }
    expect(seen.compared).toBeGreaterThan(4)
    expect(seen.counted).toBeGreaterThan(0)
  })
})
