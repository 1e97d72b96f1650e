import { describe, expect, it } from 'vitest'
import { groupFiles } from '../../../electron/core/models/hub/hub-artifacts'
import { accessOf } from '../../../electron/core/models/hub/hub-access'
import { formatsOf, nextCursor, parametersOf } from '../../../electron/core/models/hub/hub-reply'

const file = (path: string, bytes = 1_000) => ({ path, bytes, sha256: null })
const group = (paths: string[], tags: string[] = [], repository = 'org/name') =>
  groupFiles(
    paths.map(path => file(path)),
    { tags, repository },
  )

describe('the files of a repository', () => {
  it('are grouped into what is downloaded as one, with parts joined', () => {
    const { artifacts, projectors, refused } = group([
      ...['Name-Q4_K_M.gguf', 'Name-UD-Q2_K_XL.gguf', 'name.f16.gguf', 'mmproj-Name-f16.gguf', 'Name-imatrix.gguf'],
      ...['BF16/Name-BF16-00001-of-00002.gguf', 'BF16/Name-BF16-00002-of-00002.gguf', 'Q8_0/Name-00001-of-00003.gguf', 'README.md'],
    ])
    expect(artifacts.map(({ id, quantisation, files, bytes }) => [id, quantisation, files.length, bytes])).toEqual([
      ['Q4_K_M', 'Q4_K_M', 1, 1_000],
      ['UD-Q2_K_XL', 'Q2_K_XL', 1, 1_000],
      ['F16', 'F16', 1, 1_000],
      ['BF16', 'BF16', 2, 2_000],
    ])
    expect(projectors.map(({ path }) => path)).toEqual(['mmproj-Name-f16.gguf'])
    expect(refused).toEqual([
      { file: 'Name-imatrix.gguf', why: 'An importance matrix, no model' },
      { file: 'Q8_0/Name-00001-of-00003.gguf', why: '2 of its 3 parts are missing there' },
    ])
  })

  it('keep different names when two have one quantisation', () => {
    const { artifacts } = group(['small-Q8_0.gguf', 'large/large-Q8_0.gguf'])
    expect(artifacts.map(({ id }) => id)).toEqual(['small-Q8_0', 'large.large-Q8_0'])
  })

  it('of a folder of safetensors are its shards and what describes them, not second copies of the weights', () => {
    const { artifacts, refused } = group([
      ...['config.json', 'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json'],
      ...['tokenizer.json', 'tokenizer_config.json', 'merges.txt', 'consolidated.safetensors', 'model.safetensors', 'figure.png'],
      ...['pytorch_model.bin', 'modeling_name.py', 'onnx/model.safetensors'],
    ])
    expect(artifacts).toHaveLength(1)
    expect(artifacts[0]).toMatchObject({ id: 'BF16', format: 'safetensors' })
    expect(artifacts[0]?.files.map(({ path }) => path)).toEqual([
      ...['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'config.json', 'model.safetensors.index.json'],
      ...['tokenizer.json', 'tokenizer_config.json', 'merges.txt'],
    ])
    expect(refused.map(({ file: name, why }) => `${name}: ${why}`)).toEqual([
      'pytorch_model.bin: A Python pickle can run code when it is opened',
      'modeling_name.py: Program code of the repository, which Roundhouse does not run',
    ])
  })

  it('that are pickles only give nothing to download', () => {
    const { artifacts, refused } = group(['config.json', 'pytorch_model.bin', 'weights.pt', 'old.ckpt'])
    expect(artifacts).toEqual([])
    expect(refused).toHaveLength(3)
  })

  it.each([
    ['mlx-community/Name-4bit', [], 'mlx', '4bit'],
    ['org/Name-AWQ', [], 'safetensors', 'AWQ'],
    ['org/Name', ['fp8'], 'safetensors', 'FP8'],
    ['org/Name-8-bit', ['mlx'], 'mlx', '8bit'],
  ] as const)('tell format and quantisation of %s', (...[repository, tags, format, quantisation]) => {
    expect(group(['config.json', 'model.safetensors'], [...tags], repository).artifacts[0]).toMatchObject({ format, quantisation })
  })
})

describe('what the hub says of a model', () => {
  const listed = { downloads: 1, tags: [] as string[] }
  it.each([
    [{ id: 'org/Name-8B-Instruct', ...listed }, 8e9],
    [{ id: 'org/Name-8x7B', ...listed }, 56e9],
    [{ id: 'org/SmolLM2-135M', ...listed }, 135e6],
    [{ id: 'org/Name-8B', ...listed, gguf: { total: 5 } }, 5],
    [{ id: 'org/Name', ...listed }, null],
  ])('%o has %d parameters', (model, expected) => expect(parametersOf(model)).toBe(expected))

  it('names its formats', () => {
    expect(formatsOf({ tags: ['gguf'] })).toEqual(['gguf'])
    expect(formatsOf({ tags: ['safetensors', 'mlx'] })).toEqual(['mlx'])
    expect(formatsOf({ tags: [], safetensors: { total: 1 }, gguf: { total: 1 } })).toEqual(['gguf', 'safetensors'])
  })

  it('gives the next page by its cursor alone, wherever its link leads', () => {
    expect(nextCursor('<https://evil.example/api/models?limit=3&cursor=abc%3D>; rel="next"')).toBe('abc=')
    expect(nextCursor('<https://hub.example/api/models>; rel="prev"')).toBeNull()
    expect(nextCursor(null)).toBeNull()
  })

  it.each([
    [false, false, null, 'open'],
    [true, false, 401, 'needs-token'],
    [true, true, 401, 'needs-token'],
    [true, true, 403, 'needs-consent'],
    [true, true, 200, 'granted'],
    [true, true, 404, 'granted'],
    [true, true, null, 'unknown'],
    [true, true, 503, 'unknown'],
  ] as const)('gated %s, token %s, status %s is %s', (...[gated, token, status, access]) =>
    expect(accessOf(gated, token, status)).toBe(access),
  )
})
