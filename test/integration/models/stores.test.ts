import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256 } from './models-bench'
import { commit, config, home, openStores, other, put, putInHubCache, putInOllama, shared, weights } from './stores-bench'

describe('the stores of other programs', () => {
  it('are read as each lays its models down', async () => {
    putInHubCache('org/name-GGUF', 'name-Q4_0.gguf', shared)
    putInHubCache('org/folder', 'config.json', config)
    putInHubCache('org/folder', 'model.safetensors', weights)
    putInOllama('small', 'latest', shared)
    put('.lmstudio/models/pub/repo/other-Q8_0.gguf', other)
    put('.lmstudio/models/pub/repo/mmproj-f16.gguf', other)
    put('.lmstudio/models/pub/mlx-4bit/config.json', '{"quantization":{"bits":4}}')
    put('.lmstudio/models/pub/mlx-4bit/model.safetensors', weights)
    put('.cache/llama.cpp/org_name_a.gguf', other)
    put('.cache/llama.cpp/b.gguf.downloadInProgress', other)
    put('.local/share/Jan/data/llamacpp/models/jan-nano/model.yml', 'name: Jan Nano\nmodel_path: x\n')
    put('.local/share/Jan/data/llamacpp/models/jan-nano/model.gguf', other)
    put('models/org/own/own-Q4_0.gguf', shared)
    const { scan } = openStores()
    const { stores, models } = await scan()
    expect(models.map(({ id, format, bytes, why }) => [id, format, bytes, why])).toEqual([
      [`hub-cache/org/name-GGUF/name-Q4_0.gguf@cccccccc`, 'gguf', shared.length, null],
      [`hub-cache/org/folder@cccccccc`, 'safetensors', weights.length, null],
      ['ollama/small:latest', 'gguf', shared.length, null],
      ['lmstudio/pub/repo/other-Q8_0.gguf', 'gguf', other.length, null],
      ['lmstudio/pub/mlx-4bit', 'mlx', weights.length, null],
      ['llama-cpp/org_name_a', 'gguf', other.length, null],
      ['jan/Jan Nano', 'gguf', other.length, null],
      ['own/org/own/own-Q4_0.gguf', 'gguf', shared.length, null],
    ])
    expect(stores.map(({ id, kind }) => `${id} ${kind}`)).toContain('own own')
    // Hashes come for nothing where a store names its files by them.
    expect(models[0]?.files[0]?.sha256).toBe(sha256(shared))
    expect(models[2]?.files[0]?.sha256).toBe(sha256(shared))
    expect(models[1]?.commit).toBe(commit)
  })

  it('that are damaged, unfinished or need foreign code say so', async () => {
    put('.ollama/models/manifests/registry.ollama.ai/library/bad/latest', '{"layers": 1}')
    put(
      '.ollama/models/manifests/registry.ollama.ai/user/half/7b',
      JSON.stringify({ layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${'0'.repeat(64)}`, size: 9 }] }),
    )
    put('.lmstudio/models/pub/split/m-00001-of-00002.gguf', shared)
    for (const [name, text] of [
      ['code', '{"auto_map":{"A":"m.A"}}'],
      ['shards', config],
    ] as const) {
      put(`.lmstudio/models/pub/${name}/config.json`, text)
      put(`.lmstudio/models/pub/${name}/model-1.safetensors`, weights)
    }
    put('.lmstudio/models/pub/shards/model.safetensors.index.json', '{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}')
    put('.lmstudio/models/pub/pickle/config.json', config)
    put('.lmstudio/models/pub/pickle/pytorch_model.bin', weights)
    const { scan, stores } = openStores()
    const { models } = await scan()
    expect(models.map(({ name, why }) => `${name}: ${why}`)).toEqual([
      'user/half:7b: Its weights were not pulled whole',
      'pub/split/m-00001-of-00002.gguf: 1 of its 2 parts are missing',
      'pub/code: It brings program code of its own, which Roundhouse does not run',
      'pub/pickle: Its weights are Python pickles, which can run code when they are opened',
      'pub/shards: 1 of its 2 shards are missing',
    ])
    await expect(stores.use('lmstudio/pub/pickle')).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('give their models to the library where they lie: a blob, a snapshot with its commit', async () => {
    const blob = putInOllama('small', 'latest', shared)
    putInHubCache('org/folder', 'config.json', config)
    putInHubCache('org/folder', 'model.safetensors', weights)
    const { scan, stores, library } = openStores()
    await scan()
    expect(await stores.use('ollama/small:latest')).toMatchObject({
      path: blob,
      title: 'small:latest',
      sha256: sha256(shared),
      origin: 'imported',
    })
    const snapshot = await stores.use('hub-cache/org/folder@cccccccc')
    expect(snapshot).toMatchObject({ hub: { repository: 'org/folder', commit }, facts: { format: 'safetensors' } })
    expect(snapshot.path).toBe(join(home, '.cache/huggingface/hub/models--org--folder/snapshots', commit))
    expect(stores.snapshot().models.map(({ libraryId }) => libraryId)).toEqual([snapshot.id, library.list().at(-2)?.id])
    // Taking it off the list leaves other programs' files alone.
    await library.remove(snapshot.id, true)
    expect(existsSync(snapshot.path)).toBe(true)
  })

  it('may be any folder that a person adds', async () => {
    put('disk/a/b/x.gguf', shared)
    const { stores, scan } = openStores()
    await expect(stores.addFolder('relative')).rejects.toMatchObject({ code: 'bad-input' })
    await expect(stores.addFolder(join(home, 'none'))).rejects.toMatchObject({ code: 'not-found' })
    await stores.addFolder(join(home, 'disk'))
    expect((await scan()).models.map(({ name }) => name)).toEqual(['a/b/x.gguf'])
    stores.removeFolder(join(home, 'disk'))
    expect(stores.snapshot().models).toEqual([])
  })
})
