import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Failure } from '../../../electron/contract/failure'
import { fileFactsSchema } from '../../../electron/contract/model'
import { bufferSource } from '../../../electron/core/models/gguf/byte-source'
import { factsOfHeader } from '../../../electron/core/models/gguf/facts'
import { readGgufHeader } from '../../../electron/core/models/gguf/header'
import { readGguf } from '../../../electron/core/models/gguf/read-gguf'
import { partsOf } from '../../../electron/core/runtimes/common-gguf-parts'
import { f32Tensor, tinyModel, writeGguf, type WrittenFile } from './fixtures/gguf-writer'

const folder = mkdtempSync(join(tmpdir(), 'roundhouse-gguf-'))
afterAll(() => rmSync(folder, { recursive: true }))

const facts = (file: WrittenFile) => factsOfHeader(readGgufHeader(bufferSource(writeGguf(file))))
const failureOf = (bytes: Buffer): Failure => {
  try {
    readGgufHeader(bufferSource(bytes))
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('The file was read without a failure')
}

describe('the GGUF header', () => {
  it('tells name, quantisation, sizes, layers and shape', () => {
    const read = facts(tinyModel('llama', 3))
    expect(fileFactsSchema.parse(read)).toEqual(read)
    expect(read).toMatchObject({ name: 'Tiny', architecture: 'llama', quantisation: 'F32', tensorCount: 4, chatTemplate: false })
    expect(read).toMatchObject({ parameters: 64 * 3 + 3 * 64 * 8, tensorBytes: 4 * (64 * 3 + 3 * 64 * 8), layerBytes: [2048, 2048, 2048] })
    expect(read.shape).toMatchObject({
      layers: 3,
      fullAttentionLayers: 3,
      hidden: 64,
      heads: 4,
      kvHeads: 2,
      headDim: 16,
      vocabulary: 3,
      contextMax: 512,
    })
  })

  it('reads version 2 and an alignment of its own', () => {
    const file = { ...tinyModel('llama', 1), version: 2, alignment: 64 }
    file.metadata = { ...file.metadata, 'general.alignment': { u32: 64 } }
    expect(facts(file).tensorCount).toBe(2)
  })

  it('takes the type of most bytes where the file does not name one', () => {
    const file = tinyModel('llama', 1)
    const { 'general.file_type': _, ...metadata } = file.metadata
    const q8 = { name: 'big', dimensions: [320, 100], type: 8, bytes: 34_000 }
    expect(facts({ metadata, tensors: [...file.tensors, q8] }).quantisation).toBe('Q8_0')
  })

  it.each([
    ['an empty file', Buffer.alloc(0), 'not-a-gguf', 'empty'],
    ['a web page', Buffer.from('<!DOCTYPE html><html>sign in'), 'not-a-gguf', 'web page'],
    ['a pickle', Buffer.from([0x80, 2, 99, 111, 115]), 'not-a-gguf', 'pickle'],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004rest'), 'not-a-gguf', 'ZIP'],
    ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid'), 'not-a-gguf', 'LFS'],
    ['another version', writeGguf({ ...tinyModel('llama', 1), version: 9 }), 'not-a-gguf', 'version 9'],
    ['a big-endian file', writeGguf({ ...tinyModel('llama', 1), version: 0x03000000 }), 'not-a-gguf', 'big-endian'],
    ['a cut file', writeGguf(tinyModel('llama', 3)).subarray(0, -100), 'model-damaged', 'cut off'],
    ['a cut header', writeGguf(tinyModel('llama', 3)).subarray(0, 90), 'model-damaged', 'cut off'],
    ['only the magic', Buffer.from('GGUF'), 'model-damaged', 'cut off'],
    [
      'a name given twice',
      writeGguf({ ...tinyModel('llama', 1), tensors: [f32Tensor('a', 8), f32Tensor('a', 8)] }),
      'model-damaged',
      'twice',
    ],
    ['an unknown type', writeGguf({ ...tinyModel('llama', 1), tensors: [{ ...f32Tensor('a', 8), type: 4 }] }), 'model-damaged', 'type 4'],
    [
      'broken rows',
      writeGguf({ ...tinyModel('llama', 1), tensors: [{ ...f32Tensor('a', 33), type: 8 }] }),
      'model-damaged',
      'multiple of the block',
    ],
    ['no dimension', writeGguf({ ...tinyModel('llama', 1), tensors: [f32Tensor('a')] }), 'model-damaged', '0 dimensions'],
    ['five dimensions', writeGguf({ ...tinyModel('llama', 1), tensors: [f32Tensor('a', 1, 1, 1, 1, 1)] }), 'model-damaged', '5 dimensions'],
    ['an alignment of 12', writeGguf({ metadata: { 'general.alignment': { u32: 12 } }, tensors: [] }), 'model-damaged', 'alignment'],
  ])('refuses %s', (...[_what, bytes, code, sentence]) => {
    const failure = failureOf(bytes)
    expect(failure.code).toBe(code)
    expect(failure.message).toContain(sentence)
  })

  it('refuses sizes whose product overflows, and tensors that lie over each other', () => {
    const huge = { name: 'a', dimensions: [2 ** 40, 2 ** 40], type: 0, bytes: 32 }
    expect(failureOf(writeGguf({ ...tinyModel('llama', 1), tensors: [huge] })).message).toContain('beyond all bounds')
    const overlapping = [{ ...f32Tensor('a', 64), bytes: 32 }, f32Tensor('b', 64)]
    expect(failureOf(writeGguf({ ...tinyModel('llama', 1), tensors: overlapping })).message).toContain('over another')
  })

  it('refuses counts that no file has, without allocating for them', () => {
    const claim = (tensors: bigint, pairs: bigint) => {
      const bytes = Buffer.alloc(64)
      bytes.write('GGUF')
      bytes.writeUInt32LE(3, 4)
      bytes.writeBigUInt64LE(tensors, 8)
      bytes.writeBigUInt64LE(pairs, 16)
      return bytes
    }
    expect(failureOf(claim(2n ** 63n, 0n)).message).toContain('tensors')
    expect(failureOf(claim(0n, 2n ** 40n)).message).toContain('keys')
  })

  it('reads the parts of a split model as one and names the ones that are missing', () => {
    const part = (number: number) => join(folder, `split-0000${number}-of-00002.gguf`)
    const meta = (number: number) => ({ 'split.no': { u32: number }, 'split.count': { u32: 2 } })
    const whole = tinyModel('llama', 2)
    writeFileSync(part(1), writeGguf({ metadata: { ...whole.metadata, ...meta(0) }, tensors: whole.tensors.slice(0, 2) }))
    expect(partsOf(part(1))).toEqual([part(1), part(2)])
    expect(() => readGguf(part(1))).toThrow(/missing.*split-00002-of-00002/)
    writeFileSync(part(2), writeGguf({ metadata: meta(1), tensors: whole.tensors.slice(2) }))
    expect(readGguf(part(1))).toMatchObject({ tensorCount: 3, layerBytes: [2048, 2048] })
    expect(() => readGguf(part(2))).toThrow(/first part/)
  })

  it('says that a file is not there', () => {
    expect(() => readGguf(join(folder, 'nowhere.gguf'))).toThrow(expect.objectContaining({ code: 'model-missing' }))
  })
})
