import * as z from 'zod'
import type { LogLine, Proof } from '../../contract/instance'
import { ollamaName } from './ollama.name'
import type { LaunchInput, Look } from './runtime'

const levels: Readonly<Record<string, LogLine['level']>> = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' }

export function readLevel(line: string): LogLine['level'] {
  const named = /\blevel=([A-Z]+)/.exec(line)?.[1]
  if (named !== undefined) return levels[named] ?? 'info'
  const status = /^\[GIN\] .*? \| (\d)\d\d \|/.exec(line)?.[1]
  if (status !== undefined) return status === '5' ? 'error' : status === '4' ? 'warn' : 'debug'
  if (line.startsWith('[GIN-debug]')) return 'debug'
  return /^Error:|^panic:|error loading model/.test(line) ? 'error' : 'info'
}

export function readProgress(line: string): { progress: number | null; step: string } | null {
  if (/msg="Listening on/.test(line)) return { progress: null, step: 'Ollama is up' }
  // It first starts a runner without a model, to look for GPUs.
  if (/msg="starting runner" .*runner --model |msg="(?:starting llama server|loading model)"|load_tensors: loading/.test(line))
    return { progress: null, step: 'Reading the weights' }
  const share = /msg="model load progress ([\d.]+)"/.exec(line)?.[1]
  if (share !== undefined) return { progress: Number(share), step: 'Reading the weights' }
  return /msg="(?:llama runner|llama-server) started in/.test(line) ? { progress: 1, step: 'Loaded' } : null
}

/** It passes on what its llama.cpp says, in lines of the same words. Null when it names no device. */
export function readPlacement(lines: readonly string[], input: LaunchInput): Proof['placement'] | null {
  const offloaded = /offloaded (\d+)\/(\d+) layers to GPU/.exec(lines.findLast(line => line.includes('layers to GPU')) ?? '')
  const how = 'Its log names the layers that were offloaded.'
  if (offloaded) {
    const [gpuLayers, layers] = [Number(offloaded[1]), Number(offloaded[2])]
    return { text: placeText(gpuLayers, layers), gpuLayers, layers, verified: true, how }
  }
  const devices = lines.flatMap(line => /msg="model weights" device=(\S+)/.exec(line)?.[1] ?? [])
  const found = lines.flatMap(line => /msg="inference compute".*library=(\S+)/.exec(line)?.[1] ?? [])
  const named = devices.length > 0 ? devices : found
  if (named.length === 0 || named.some(device => device.toLowerCase() !== 'cpu')) return null
  const layers = layersTold(lines) ?? layersOf(input)
  return { text: 'on the CPU', gpuLayers: 0, layers, verified: true, how: 'Its log names the CPU as the only device that holds weights.' }
}

const layersTold = (lines: readonly string[]) => {
  const told = /msg="loading model" "model layers"=(\d+)/.exec(lines.findLast(line => line.includes('"model layers"=')) ?? '')?.[1]
  return told === undefined ? null : Number(told)
}

/** llama.cpp counts the output layer as one more. */
function layersOf({ model }: LaunchInput): number | null {
  const layers = model.facts?.shape?.layers ?? null
  return layers === null ? null : layers + 1
}

function placeText(gpuLayers: number, layers: number): string {
  if (gpuLayers === 0) return 'on the CPU'
  return gpuLayers === layers ? `all ${layers} layers on the GPU` : `${gpuLayers} of ${layers} layers on the GPU, the rest on the CPU`
}

const loadedSchema = z.object({
  models: z.array(z.object({ name: z.string(), size: z.number(), size_vram: z.number().default(0) })),
})

/** Share of a loaded model in GPU memory, from `/api/ps` (https://docs.ollama.com/api/ps). Null when ours is not loaded. */
export function readLoaded(body: string, input: LaunchInput): Look | null {
  const loaded = loadedSchema.safeParse(parse(body)).data?.models.find(each => each.name === ollamaName(input))
  if (!loaded || loaded.size <= 0) return null
  const share = Math.round((Math.min(loaded.size_vram, loaded.size) / loaded.size) * 100)
  const layers = layersOf(input)
  const placement = {
    text: share === 0 ? 'on the CPU' : share === 100 ? 'all on the GPU' : `${share} % on the GPU, ${100 - share} % on the CPU`,
    // Of a model that is partly there it tells bytes, not layers.
    gpuLayers: share === 0 ? 0 : share === 100 ? layers : null,
    ...{ layers, verified: true, how: 'It tells how much of what it loaded is in GPU memory.' },
  }
  return { placement, memoryMiB: loaded.size / 1024 / 1024, memoryHow: 'what the server says the loaded model takes' }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
