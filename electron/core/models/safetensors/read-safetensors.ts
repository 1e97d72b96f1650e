import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import * as z from 'zod'
import { Failure } from '../../../contract/failure'
import type { FileFacts } from '../../../contract/model'
import { withFile } from '../gguf/byte-source'
import { readSafetensorsHeader, type SafetensorsTensor } from './safetensors-header'
import { shapeOfConfig } from './config-shape'

/** Formats that can run code when they are opened: Python pickles under all their names, and Keras files. */
const unsafeExtensions = new Set(['.bin', '.pt', '.pth', '.ckpt', '.pkl', '.pickle', '.joblib', '.npy', '.h5', '.keras', '.py'])
const maxConfigBytes = 4 * 1024 * 1024
const maxFiles = 10_000

export const configSchema = z.looseObject({
  architectures: z.array(z.string()).optional(),
  model_type: z.string().optional(),
  auto_map: z.unknown().optional(),
  quantization_config: z.looseObject({ quant_method: z.string().optional(), bits: z.number().optional() }).optional(),
  quantization: z.looseObject({ bits: z.number().optional() }).optional(),
})
export type ModelConfig = z.infer<typeof configSchema>

/**
 * Reads a model folder as the hub lays it out (config.json beside *.safetensors) and says what is in it. Refuses folders
 * that would need foreign code to run (`auto_map`, .py) or carry weights as pickles only.
 */
export function readSafetensorsFolder(folder: string): FileFacts {
  const names = readdirSync(folder).slice(0, maxFiles)
  const weights = names.filter(name => name.endsWith('.safetensors')).sort()
  const unsafe = names.filter(name => unsafeExtensions.has(extname(name).toLowerCase()))
  if (weights.length === 0) throw new Failure('bad-input', refusal(folder, unsafe))
  const scripts = unsafe.filter(name => name.endsWith('.py'))
  const config = readConfig(join(folder, 'config.json'))
  if (config.auto_map !== undefined || scripts.length > 0) {
    throw new Failure('bad-input', `The model in ${folder} brings program code of its own, which Roundhouse does not run`)
  }
  const tensors = weights.flatMap(name => withFile(join(folder, name), readSafetensorsHeader))
  const bytes = weights.reduce((total, name) => total + statSync(join(folder, name)).size, 0)
  return factsOf(config, tensors, { bytes, name: basename(folder), chatTemplate: hasChatTemplate(folder, names) })
}

function refusal(folder: string, unsafe: readonly string[]): string {
  if (unsafe.length === 0) return `There are no .safetensors files in ${folder}`
  return `The weights in ${folder} (${unsafe.slice(0, 3).join(', ')}) are in a format that can run code when opened; look for .safetensors`
}

function readConfig(path: string): ModelConfig {
  const bytes = withFile(path, source => source.read(0, maxConfigBytes + 1))
  if (bytes.length > maxConfigBytes) throw new Failure('model-damaged', `${path} is larger than 4 MiB`)
  try {
    return configSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new Failure('model-damaged', `${path} is not the description of a model`, { cause: error })
  }
}

function hasChatTemplate(folder: string, names: readonly string[]): boolean {
  if (names.includes('chat_template.jinja')) return true
  if (!names.includes('tokenizer_config.json') || statSync(join(folder, 'tokenizer_config.json')).size > maxConfigBytes) return false
  return readFileSync(join(folder, 'tokenizer_config.json'), 'utf8').includes('"chat_template"')
}

function factsOf(
  config: ModelConfig,
  tensors: readonly SafetensorsTensor[],
  file: { bytes: number; name: string; chatTemplate: boolean },
): FileFacts {
  return {
    format: 'safetensors',
    architecture: config.architectures?.[0] ?? config.model_type ?? 'unknown',
    quantisation: quantisationOf(config, tensors),
    ...file,
    tensorBytes: tensors.reduce((total, tensor) => total + tensor.bytes, 0),
    tensorCount: tensors.length,
    parameters: tensors.reduce((total, tensor) => total + tensor.values, 0),
    layerBytes: layerBytes(tensors),
    tiedOutput: !tensors.some(({ name }) => /(^|\.)lm_head\.weight$/.test(name)),
    shape: shapeOfConfig(config),
  }
}

function quantisationOf(config: ModelConfig, tensors: readonly SafetensorsTensor[]): string {
  if (config.quantization?.bits !== undefined) return `${config.quantization.bits}bit`
  const method = config.quantization_config?.quant_method
  if (method) return method.toUpperCase()
  const bytesByType = new Map<string, number>()
  for (const { type, bytes } of tensors) bytesByType.set(type, (bytesByType.get(type) ?? 0) + bytes)
  const largest = [...bytesByType].sort((a, b) => b[1] - a[1])[0]
  return largest?.[0] ?? 'unknown'
}

function layerBytes(tensors: readonly SafetensorsTensor[]): number[] {
  const layers: number[] = []
  for (const { name, bytes } of tensors) {
    if (/vision|visual|audio/.test(name)) continue
    const layer = Number(/\.layers\.(\d{1,3})\./.exec(name)?.[1] ?? NaN)
    if (Number.isNaN(layer)) continue
    while (layers.length <= layer) layers.push(0)
    layers[layer] = (layers[layer] ?? 0) + bytes
  }
  return layers
}
