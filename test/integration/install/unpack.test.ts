import { readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBackground } from '../../../electron/core/lib/background'
import { unpackArchiveTask } from '../../../electron/core/install/tasks'
import { inFolder, put, take, tarOf, zipOf, type Member } from './archives'
import { mkdir } from 'node:fs/promises'

const background = createBackground(join(import.meta.dirname, '..', '..', '..', 'dist', 'host', 'worker.js'))

async function unpack(folder: string, name: string, content: Buffer) {
  await put(folder, name, content)
  const target = join(folder, 'out')
  await mkdir(target)
  return await background.run(unpackArchiveTask, { archive: join(folder, name), target }, { timeoutMs: 20_000 })
}

const program: Member = { name: 'top/bin/program', text: '#!/bin/sh\n', mode: 0o755 }
const library: Member = { name: 'top/lib/libx.so.1', text: 'library' }

test('a tar.gz comes out with its links and executable bits, and every file hashed', async () => {
  await inFolder(async folder => {
    const link: Member = { name: 'top/lib/libx.so', type: 'SymbolicLink', linkpath: 'libx.so.1' }
    const files = await unpack(folder, 'a.tar.gz', tarOf([program, library, link]))
    expect(files.map(each => each.path)).toEqual(['top/bin/program', 'top/lib/libx.so.1'])
    expect(files[0]).toMatchObject({ bytes: 10, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const out = join(folder, 'out', 'top')
    expect((await stat(join(out, 'bin', 'program'))).mode & 0o111).toBe(0o111)
    expect(await readlink(join(out, 'lib', 'libx.so'))).toBe('libx.so.1')
    expect(await take(out, 'lib', 'libx.so')).toBe('library')
  })
})

test('a zip comes out with its executable bits', async () => {
  await inFolder(async folder => {
    await unpack(folder, 'a.zip', zipOf([program, library, { name: 'top\\win\\x.dll', text: 'dll' }]))
    const out = join(folder, 'out', 'top')
    expect((await stat(join(out, 'bin', 'program'))).mode & 0o111).toBe(0o111)
    expect(await take(out, 'win', 'x.dll')).toBe('dll')
  })
})

const evil: readonly (readonly [string, Member[]])[] = [
  ['a way out', [program, { name: '../evil', text: 'x' }]],
  ['an absolute name', [program, { name: '/tmp/evil', text: 'x' }]],
  ['a way out with backslashes', [program, { name: '..\\evil', text: 'x' }]],
  ['a link outside', [program, { name: 'top/link', type: 'SymbolicLink', linkpath: '../../evil' }]],
  ['a file twice', [program, program]],
  ['a reserved name', [{ name: 'top/aux.txt', text: 'x' }]],
]

test.each(evil)('%s is refused in tar and zip, and nothing is written', async (_name, members) => {
  await inFolder(async folder => {
    await expect(unpack(folder, 'a.tar.gz', tarOf(members))).rejects.toMatchObject({ code: 'download-failed' })
    expect(await readdir(join(folder, 'out'))).toEqual([])
  })
  await inFolder(async folder => {
    await expect(unpack(folder, 'a.zip', zipOf(members))).rejects.toMatchObject({ code: 'download-failed' })
    expect(await readdir(join(folder, 'out'))).toEqual([])
    expect((await readdir(folder)).sort()).toEqual(['a.zip', 'out'])
  })
})

test('a hard link outside, a device, a member larger than announced and what is no archive are refused', async () => {
  const cases: readonly (readonly [string, Buffer])[] = [
    ['a.tar.gz', tarOf([{ name: 'top/hard', type: 'Link', linkpath: '../../etc/passwd' }])],
    ['a.tar.gz', tarOf([{ name: 'top/null', type: 'CharacterDevice' }])],
    ['a.zip', zipOf([{ name: 'top/x', text: 'x'.repeat(10_000), size: 10 }])],
    ['a.zip', Buffer.from('this is no archive')],
    ['a.tar.gz', Buffer.from('this is no archive')],
    ['a.tar.gz', tarOf([program]).subarray(0, 60)],
  ]
  for (const [name, content] of cases) {
    await inFolder(folder => expect(unpack(folder, name, content)).rejects.toMatchObject({ code: 'download-failed' }))
  }
})
