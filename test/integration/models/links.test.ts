import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gguf, home, openStores, other, put, putInOllama, shared } from './stores-bench'

describe('copies', () => {
  it('are found by hash, hashed only where sizes are equal, and once', async () => {
    putInOllama('small', 'latest', shared)
    put('.lmstudio/models/pub/repo/same.gguf', shared)
    put('.lmstudio/models/pub/repo/alone.gguf', gguf(500))
    const { scan, hashes } = openStores()
    const before = await scan()
    expect(before).toMatchObject({ duplicates: [], unhashedBytes: shared.length })
    const after = await scan(true)
    expect(after.duplicates).toMatchObject([
      { name: 'small:latest', savingBytes: shared.length, copies: ['ollama/small:latest', 'lmstudio/pub/repo/same.gguf'] },
    ])
    expect(after.unhashedBytes).toBe(0)
    expect(hashes.all()).toHaveLength(1)
    expect((await scan()).duplicates).toHaveLength(1)
    // Another content under the same name is not taken for what it was.
    put('.lmstudio/models/pub/repo/same.gguf', Buffer.concat([gguf(300).subarray(0, -1), Buffer.from([7])]))
    expect((await scan()).duplicates).toEqual([])
  })

  it('become one file by hard links, and separate ones again', async () => {
    const kept = putInOllama('small', 'latest', shared)
    const copy = put('.lmstudio/models/pub/repo/same.gguf', shared)
    const { stores, scan, done, settled } = openStores()
    await scan(true)
    const wish = { keep: 'ollama/small:latest', replace: ['lmstudio/pub/repo/same.gguf'] }
    expect(stores.preview(wish)).toMatchObject({
      kind: 'replaced',
      savedBytes: shared.length,
      why: null,
      steps: [{ path: copy, keeper: kept, owner: 'LM Studio' }],
    })
    expect(statSync(copy).ino).not.toBe(statSync(kept).ino)
    await done(stores.link(wish))
    await settled()
    expect(statSync(copy).ino).toBe(statSync(kept).ino)
    expect(stores.snapshot()).toMatchObject({ duplicates: [{ savingBytes: 0 }], links: [{ kind: 'replaced', savedBytes: shared.length }] })
    expect(stores.preview(wish).why).toBe('They are one file already')
    await done(stores.undo(stores.snapshot().links[0]?.id ?? ''))
    await settled()
    expect(statSync(copy).ino).not.toBe(statSync(kept).ino)
    expect(readFileSync(copy).equals(shared)).toBe(true)
    expect(stores.snapshot().links).toEqual([])
    expect(readdirSync(dirname(copy))).toEqual(['same.gguf'])
  })

  it('that changed since they were looked at stay as they are', async () => {
    putInOllama('small', 'latest', shared)
    const copy = put('.lmstudio/models/pub/repo/same.gguf', shared)
    const { stores, scan, jobs, settled } = openStores()
    await scan(true)
    const changed = Buffer.concat([shared.subarray(0, -1), Buffer.from([9])])
    writeFileSync(copy, changed)
    const job = await jobs.finished(stores.link({ keep: 'ollama/small:latest', replace: ['lmstudio/pub/repo/same.gguf'] }).id)
    expect(job.failure?.code).toBe('hash-mismatch')
    expect(readFileSync(copy).equals(changed)).toBe(true)
    await settled()
    expect(stores.snapshot().links).toEqual([])
  })

  it('that are names of one file already save nothing', async () => {
    const kept = putInOllama('small', 'latest', shared)
    mkdirSync(join(home, '.lmstudio/models/pub/repo'), { recursive: true })
    linkSync(kept, join(home, '.lmstudio/models/pub/repo/same.gguf'))
    expect((await openStores().scan()).duplicates).toMatchObject([{ savingBytes: 0 }])
  })
})

describe('a model of the library', () => {
  it('is put into a program’s store as a further name of the same file, and taken away again', async () => {
    mkdirSync(join(home, '.lmstudio/models'), { recursive: true })
    const file = put('models/org/name/name-Q4_0.gguf', shared)
    const { stores, library, scan, done, settled } = openStores()
    const { id } = await library.importFile(file)
    await scan()
    const wish = { model: id, store: 'lmstudio' }
    const preview = await stores.previewShare(wish)
    expect(preview).toMatchObject({ kind: 'placed', why: null, savedBytes: shared.length })
    await done(await stores.share(wish))
    await settled()
    const placed = preview.steps[0]?.path ?? ''
    expect(statSync(placed).ino).toBe(statSync(file).ino)
    expect((await stores.previewShare(wish)).why).toBe('LM Studio has a file of that name already')
    expect((await stores.previewShare({ model: id, store: 'ollama' })).why).toContain('finds no models by their place')
    await done(stores.undo(stores.snapshot().links[0]?.id ?? ''))
    expect(existsSync(placed)).toBe(false)
    expect(existsSync(file)).toBe(true)
  })

  it('is never deleted with a name that another file has taken since', async () => {
    mkdirSync(join(home, '.lmstudio/models'), { recursive: true })
    const { stores, library, scan, done, settled, jobs } = openStores()
    const { id } = await library.importFile(put('models/org/name/name-Q4_0.gguf', shared))
    await scan()
    await done(await stores.share({ model: id, store: 'lmstudio' }))
    await settled()
    const placed = stores.snapshot().links[0]?.files[0]?.path ?? ''
    rmSync(placed)
    cpSync(put('elsewhere.gguf', other), placed)
    const job = await jobs.finished(stores.undo(stores.snapshot().links[0]?.id ?? '').id)
    expect(job.failure?.message).toContain('it stays')
    expect(readFileSync(placed).equals(other)).toBe(true)
  })
})
