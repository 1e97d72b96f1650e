import { basename, extname, posix } from 'node:path'
import type { HubArtifact, HubFile } from '../../../contract/hub'
import { partsOf } from '../../runtimes/common-gguf-parts'

/** An artifact as its files tell it, before anything is said of this machine. */
export type FoundArtifact = Pick<HubArtifact, 'id' | 'format' | 'quantisation' | 'files' | 'bytes'>
export type Grouped = { artifacts: FoundArtifact[]; projectors: HubFile[]; refused: { file: string; why: string }[] }

/** Weights that can run code when they are opened: Python pickles under all their names, and Keras files. */
const pickles = new Set(['.bin', '.pt', '.pth', '.ckpt', '.pkl', '.pickle', '.joblib', '.h5', '.keras'])
/** What a runtime reads beside the weights of a folder. */
const description =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|preprocessor_config|processor_config|chat_template|video_preprocessor_config|params|tekken|hf_quant_config|quantize_config)\.json$|^(merges|vocab)\.txt$|\.model$|\.jinja$|\.tiktoken$|\.safetensors\.index\.json$/
const quantisation =
  /(?:^|[-_.])((?:UD-)?(?:IQ[1-4]_(?:XXS|XS|NL|S|M)|Q[1-8]_(?:K_(?:XXL|XL|L|M|S)|K|[01])|T?Q[12]_0|BF16|F16|FP16|F32|FP32|MXFP4(?:_MOE)?|NVFP4))(?=$|[-_.])/gi

/**
 * Groups a repository's files into what can be downloaded as one: every GGUF with its further parts, and the folder of
 * safetensors. Pickles and program code are named with the reason they are not offered.
 */
export function groupFiles(files: readonly HubFile[], about: { tags: readonly string[]; repository: string }): Grouped {
  const byPath = new Map(files.map(file => [file.path, file]))
  const ggufs = files.filter(({ path }) => extname(path).toLowerCase() === '.gguf')
  const projectors = ggufs.filter(({ path }) => /mmproj/i.test(basename(path)))
  const helpers = ggufs.filter(({ path }) => /imatrix/i.test(basename(path)))
  const models = ggufs.filter(file => !projectors.includes(file) && !helpers.includes(file))
  const refused = [...refusedFiles(files), ...helpers.map(({ path }) => ({ file: path, why: 'An importance matrix, no model' }))]
  const artifacts: FoundArtifact[] = []
  for (const file of models) {
    const parts = partsOf(file.path)
    if (parts[0] !== file.path) continue
    const found = parts.map(part => byPath.get(part))
    const present = found.filter(part => part !== undefined)
    if (present.length < parts.length)
      refused.push({ file: file.path, why: `${parts.length - present.length} of its ${parts.length} parts are missing there` })
    else artifacts.push({ ...ggufName(file.path, about.repository), format: 'gguf', files: present, bytes: sumOf(present) })
  }
  const folder = folderOf(files, about)
  if (folder) artifacts.push(folder)
  return { artifacts: withUniqueIds(artifacts), projectors, refused }
}

function ggufName(path: string, repository: string): { id: string; quantisation: string } {
  const name = basename(path, extname(path)).replace(/-\d{5}-of-\d{5}$/, '')
  const inName = [...name.matchAll(quantisation)].at(-1)?.[1] ?? [...posix.dirname(path).matchAll(quantisation)].at(-1)?.[1]
  const found = inName?.toUpperCase().replace('FP16', 'F16').replace('FP32', 'F32')
  return found
    ? { id: found, quantisation: found.replace(/^UD-/, '') }
    : { id: name === '' ? basename(repository) : name, quantisation: 'unknown' }
}

/** Two files of one quantisation keep their names, so that each can be asked for. */
function withUniqueIds(artifacts: readonly FoundArtifact[]): FoundArtifact[] {
  const counts = new Map<string, number>()
  for (const { id } of artifacts) counts.set(id, (counts.get(id) ?? 0) + 1)
  const named = artifacts.map(artifact => {
    const first = artifact.files[0]
    const unique = (counts.get(artifact.id) ?? 0) < 2 || !first
    return unique
      ? artifact
      : {
          ...artifact,
          id: first.path
            .replace(/\.gguf$/i, '')
            .replace(/-\d{5}-of-\d{5}$/, '')
            .replaceAll('/', '.'),
        }
  })
  return named.sort((a, b) => (a.bytes ?? Infinity) - (b.bytes ?? Infinity))
}

/** The folder at the top of the repository; deeper safetensors belong to other programs' layouts. */
function folderOf(files: readonly HubFile[], { tags, repository }: { tags: readonly string[]; repository: string }): FoundArtifact | null {
  const top = files.filter(({ path }) => !path.includes('/'))
  const sharded = top.some(({ path }) => path.endsWith('.safetensors.index.json'))
  const weights = top.filter(({ path }) => path.endsWith('.safetensors') && !isOtherWeights(path, sharded))
  if (weights.length === 0 || !top.some(({ path }) => path === 'config.json')) return null
  const beside = top.filter(({ path }) => description.test(path) && !/consolidated/.test(path))
  const all = [...weights, ...beside]
  const isMlx = tags.includes('mlx') || repository.startsWith('mlx-community/')
  const name = folderQuantisation(tags, repository)
  return { id: name, quantisation: name, format: isMlx ? 'mlx' : 'safetensors', files: all, bytes: sumOf(all) }
}

/** `consolidated.*` are the same weights in their maker's own layout; beside shards a single file is a second copy. */
const isOtherWeights = (path: string, sharded: boolean) =>
  path.startsWith('consolidated') || path.startsWith('adapter_') || (sharded && path === 'model.safetensors')

function folderQuantisation(tags: readonly string[], repository: string): string {
  const name = `-${basename(repository)}-`
  const bits = /[-_](\d)[-_]?bit[-_]/i.exec(name)?.[1]
  if (bits) return `${bits}bit`
  const known = /[-_.](AWQ|GPTQ|FP8|NVFP4|MXFP4|INT8|INT4|W4A16|W8A8)[-_.]/i.exec(name)?.[1]
  if (known) return known.toUpperCase()
  const tag = ['awq', 'gptq', 'fp8'].find(each => tags.includes(each))
  return tag?.toUpperCase() ?? 'BF16'
}

function refusedFiles(files: readonly HubFile[]): { file: string; why: string }[] {
  return files.flatMap(({ path }) => {
    const kind = extname(path).toLowerCase()
    if (pickles.has(kind)) return [{ file: path, why: 'A Python pickle can run code when it is opened' }]
    if (kind === '.py') return [{ file: path, why: 'Program code of the repository, which Roundhouse does not run' }]
    return []
  })
}

const sumOf = (files: readonly HubFile[]) =>
  files.reduce<number | null>((sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes), 0)
