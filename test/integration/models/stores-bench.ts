import { createHash } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import type { LibraryModel } from '../../../electron/contract/model'
import type { Linked } from '../../../electron/contract/model-store'
import { systemClock } from '../../../electron/core/lib/clock'
import { createJobs } from '../../../electron/core/lib/jobs'
import { createLibrary } from '../../../electron/core/models/library'
import { hubCacheStore } from '../../../electron/core/models/stores/hub-cache.store'
import { janStore } from '../../../electron/core/models/stores/jan.store'
import { createStores } from '../../../electron/core/models/stores/stores'
import type { KeptHash } from '../../../electron/core/models/stores/stores.types'
import { llamaCppStore } from '../../../electron/core/runtimes/llama-cpp.store'
import { lmstudioStore } from '../../../electron/core/runtimes/lmstudio.store'
import { ollamaStore } from '../../../electron/core/runtimes/ollama.store'
import { f32Tensor, tinyModel, writeGguf } from '../../unit/models/fixtures/gguf-writer'
import { tinySafetensors } from '../../unit/models/fixtures/safetensors-writer'
import { memoryCollection } from '../../unit/models/memory-collection'
import { background, root, sha256, temporaryFolder } from './models-bench'

const tiny = tinyModel('llama', 2)
export const gguf = (rows: number) => writeGguf({ ...tiny, tensors: [...tiny.tensors, f32Tensor('output.weight', 64, rows)] })
export const [shared, other] = [gguf(300), gguf(400)]
export const weights = tinySafetensors('model.layers.0.mlp.weight', 50_000)
export const config = '{"architectures":["LlamaForCausalLM"],"num_hidden_layers":1,"hidden_size":8,"num_attention_heads":2,"vocab_size":4}'
export const commit = 'c'.repeat(40)

let folder: ReturnType<typeof temporaryFolder>
export let home = ''
beforeEach(() => {
  folder = temporaryFolder()
  home = folder.path
})
afterEach(() => folder.remove())
export const put = (path: string, content: Buffer | string): string => {
  const full = join(home, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, content)
  return full
}
/** As the hub's tools lay a file down: a blob by its hash, and a link to it in the snapshot. */
export const putInHubCache = (repository: string, name: string, content: Buffer | string) => {
  const base = `.cache/huggingface/hub/models--${repository.replace('/', '--')}`
  const hash = createHash(name.endsWith('.json') ? 'sha1' : 'sha256')
    .update(content)
    .digest('hex')
  put(`${base}/blobs/${hash}`, content)
  mkdirSync(join(home, base, 'snapshots', commit), { recursive: true })
  symlinkSync(`../../blobs/${hash}`, join(home, base, 'snapshots', commit, name))
}
export const putInOllama = (name: string, tag: string, content: Buffer) => {
  const layer = (mediaType: string, size: number) => ({
    mediaType: `application/vnd.ollama.image.${mediaType}`,
    digest: `sha256:${sha256(content)}`,
    size,
  })
  const manifest = { schemaVersion: 2, layers: [layer('model', content.length), layer('params', 3)] }
  put(`.ollama/models/manifests/registry.ollama.ai/library/${name}/${tag}`, JSON.stringify(manifest))
  return put(`.ollama/models/blobs/sha256-${sha256(content)}`, content)
}

/** The stores on a home of its own, with every kind that is known. */
export function openStores() {
  const library = createLibrary({
    ...{ collection: memoryCollection<LibraryModel>(), background, catalogue: [], clock: systemClock },
    resourcesFolder: join(root, 'resources'),
  })
  mkdirSync(join(home, 'models'), { recursive: true })
  const jobs = createJobs({ clock: systemClock })
  const hashes = memoryCollection<KeptHash>()
  const stores = createStores({
    ...{
      kinds: [hubCacheStore, ollamaStore, lmstudioStore, llamaCppStore, janStore],
      background,
      clock: systemClock,
      jobs,
      library,
      hashes,
    },
    world: { environment: {}, home, platform: 'linux', readLine: () => null },
    modelsFolder: () => join(home, 'models'),
    ...{ links: memoryCollection<Linked>(), folders: memoryCollection<{ folder: string }>(), leastBytes: 1_000 },
  })
  const done = async (job: { id: string }) => {
    const ended = await jobs.finished(job.id)
    expect(ended.failure).toBeNull()
    return ended
  }
  const scan = async (hash = false) => {
    await done(stores.scan({ hash }))
    return stores.snapshot()
  }
  /** A change is followed by a look of its own. */
  const settled = async () => {
    for (let last = stores.snapshot().job; last !== null; last = stores.snapshot().job) await jobs.finished(last)
  }
  return { library, jobs, stores, done, scan, settled, hashes }
}
