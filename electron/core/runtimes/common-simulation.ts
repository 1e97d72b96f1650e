import type { Build, SettingValues } from '../../contract/runtime'
import type { LaunchPlan } from './launch'

/** What a start would be, as far as its memory depends on it. */
export type SimulationInput = {
  build: Build
  model: { path: string }
  /** Of each slot. */
  contextTokens: number
  slots: number
  kvQuantisation: 'f16' | 'q8_0' | 'q4_0'
  /** Layers on GPUs as the formula places them, and all layers. */
  gpuLayers: number
  layers: number
  /** What a person set or typed by hand, which goes along as it would in a start. */
  settings: SettingValues
  flags: readonly string[]
}

/** One device's part, MiB. `device` is the engine's name of it: `CUDA0`, `Host`; those that are no GPU are `host`. */
export type SimulatedRow = {
  device: string
  host: boolean
  weightsMiB: number
  /** KV cache and states; null when they are reckoned together with the buffers. */
  contextMiB: number | null
  /** Compute buffers; with the cache in them when `contextMiB` is null. */
  computeMiB: number
}

/**
 * How a runtime reckons the memory of a start by itself without taking it. `enough`: what it says afterwards is not
 * needed, and it is ended there, before it loads anything.
 */
export type MemorySimulation = {
  /** Who reckons, for a sentence: `llama.cpp in the built-in engine`. */
  by(build: Build): string
  plan(input: SimulationInput): { process: Extract<LaunchPlan['process'], { kind: 'spawn' | 'engine' }>; enough: RegExp }
  /** From what it printed; null when that tells nothing. */
  read(lines: readonly string[]): readonly SimulatedRow[] | null
}
