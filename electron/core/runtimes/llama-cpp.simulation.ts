import { Failure } from '../../contract/failure'
import type { Build } from '../../contract/runtime'
import { llamaCppSettings } from './llama-cpp.settings'
import { xllamacppFlags, xllamacppLauncherOf } from './llama-cpp.xllamacpp'
import { settingsToArguments } from './settings'
import type { MemorySimulation, SimulatedRow, SimulationInput } from './common-simulation'

/**
 * llama.cpp builds a model and its context without taking memory and sums its buffers. The engine in the app is asked for
 * that alone; its servers do it at the beginning of every start, before anything is read (`--fit`, on by default:
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/fit-params/README.md), and are ended once they have said it.
 */
export const llamaCppSimulation: MemorySimulation = {
  by: build => (build.kind === 'built-in' ? 'llama.cpp in the built-in engine' : build.title),
  plan: input =>
    input.build.kind === 'built-in'
      ? { process: { kind: 'engine', options: engineOptions(input) }, enough: /^simulated: / }
      : { process: serverProcess(input), enough: serverSaidEnough },
  read: lines => readEngine(lines) ?? readServer(lines),
}

/** All layers are asked for as more than any model has: llama.cpp counts the output as one more. */
const gpuLayersOf = ({ gpuLayers, layers }: SimulationInput) => (gpuLayers >= layers && layers > 0 ? 999 : gpuLayers)

// The word comes first: the engine tells by it that it is only asked to reckon.
const engineOptions = (input: SimulationInput) => ({
  simulate: true,
  ...{ modelPath: input.model.path, contextTokens: input.contextTokens, slots: input.slots },
  ...{ gpuLayers: gpuLayersOf(input), kvQuantisation: input.kvQuantisation },
})

/** Either it has reckoned, or it is about to load, or it ends. */
const serverSaidEnough = /fitting params to free memory took|load_tensors: loading model tensors|exiting due to|listening on http/

function serverProcess(input: SimulationInput) {
  const { build, kvQuantisation } = input
  if (build.path === null) throw new Failure('not-installed', `${build.title} has no executable`)
  const path = input.model.path.startsWith('-') ? `./${input.model.path}` : input.model.path
  const args = [
    ...['-m', path, '--host', '127.0.0.1', '--port', '0', '-c', String(input.contextTokens * input.slots), '-np', String(input.slots)],
    ...['-t', '1', '-ngl', String(gpuLayersOf(input)), '--no-webui', '-lv', '4', '--offline'],
    ...(kvQuantisation === 'f16' ? [] : ['-ctk', kvQuantisation, '-ctv', kvQuantisation, '-fa', 'on']),
    ...settingsToArguments(llamaCppSettings, input.settings, build.kind === 'xllamacpp' ? xllamacppFlags : null).args,
    ...input.flags,
  ]
  return { kind: 'spawn' as const, file: build.path, args: [...launcherOf(build), ...args], env: {}, cwd: null }
}

const launcherOf = ({ kind, path }: Build) => (kind === 'xllamacpp' && path !== null ? [xllamacppLauncherOf(path)] : [])

const mib = (bytes: number) => bytes / 1024 / 1024

function readEngine(lines: readonly string[]): SimulatedRow[] | null {
  const line = lines.findLast(each => each.startsWith('simulated: '))
  if (line === undefined) return null
  const bytes = /"model":\{"cpuBytes":(\d+),"gpuBytes":(\d+)\},"context":\{"cpuBytes":(\d+),"gpuBytes":(\d+)\}/.exec(line)
  if (!bytes) return null
  const [modelCpu = 0, modelGpu = 0, contextCpu = 0, contextGpu = 0] = bytes.slice(1).map(each => mib(Number(each)))
  const host = { device: 'Host', host: true, weightsMiB: modelCpu, contextMiB: null, computeMiB: contextCpu }
  const gpu = { device: 'GPU', host: false, weightsMiB: modelGpu, contextMiB: null, computeMiB: contextGpu }
  return modelGpu + contextGpu > 0 ? [gpu, host] : [host]
}

/**
 * `|   - CUDA0 (RTX 4090)   | 24077 =  945 + (19187 = 17904 +     384 +     898) +        3945 |` and
 * `|   - Host               |                 58271 = 58259 +       0 +      12                |` of the first table: later
 * ones are of what it tries when the first does not fit.
 */
const row = /memory_breakdown_print: \| +- (.+?) +\| .*?(\d+) = +(\d+) \+ +(\d+) \+ +(\d+)(\)?)/

function readServer(lines: readonly string[]): SimulatedRow[] | null {
  const begin = lines.findIndex(line => /memory_breakdown_print: \| memory breakdown/.test(line))
  if (begin === -1) return null
  const rest = lines.slice(begin + 1)
  const end = rest.findIndex(line => !row.test(line))
  const rows = (end === -1 ? rest : rest.slice(0, end)).flatMap(line => {
    const found = row.exec(line)
    if (!found) return []
    const [, device = '', , weights, context, compute, closing] = found
    const sizes = { weightsMiB: Number(weights), contextMiB: Number(context), computeMiB: Number(compute) }
    return [{ device: device.replace(/ \(.*/, ''), host: closing !== ')', ...sizes }]
  })
  return rows.length > 0 ? rows : null
}
