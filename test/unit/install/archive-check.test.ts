import fc from 'fast-check'
import { join, resolve, sep } from 'node:path'
import { expect, test } from 'vitest'
import { checkEntries, type ArchiveEntry } from '../../../electron/core/install/archive-check'
import { linkTarget, safeSegments } from '../../../electron/core/install/entry-name'

const file = (name: string, changes: Partial<ArchiveEntry> = {}): ArchiveEntry => ({
  name,
  kind: 'file',
  bytes: 1,
  target: null,
  ...changes,
})

test.each([
  '../x',
  'a/../../x',
  '/etc/passwd',
  '\\\\host\\share',
  'C:\\x',
  'C:x',
  'a\\..\\..\\x',
  'con',
  'a/NUL.txt',
  'a/COM1',
  'x.',
  'x ',
  'a:b',
  'a\u0000b',
  'a'.repeat(300),
])('the name %j is refused', name => {
  expect(safeSegments(name)).toBeNull()
  expect(() => checkEntries([file(name)], 1_000)).toThrow('refused')
})

test.each([
  ['./llama-b1/bin/llama-server', ['llama-b1', 'bin', 'llama-server']],
  ['a//b\\c', ['a', 'b', 'c']],
  ['lib/libggml.so.0', ['lib', 'libggml.so.0']],
  ['./', []],
])('the name %j means %j', (name, segments) => {
  expect(safeSegments(name)).toEqual(segments)
})

test('whatever is accepted stays inside', () => {
  const root = resolve('/home/builds/one')
  const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('..', '.', '', '/', '\\', 'C:', 'a', '~'))
  fc.assert(
    fc.property(
      fc.array(part).map(parts => parts.join('/')),
      name => {
        const segments = safeSegments(name)
        if (segments) expect(`${join(root, ...segments)}${sep}`.startsWith(root + sep)).toBe(true)
      },
    ),
  )
})

test('links may point to what is inside, and nowhere else', () => {
  expect(linkTarget(['lib', 'a.so'], 'a.so.1')).toEqual(['lib', 'a.so.1'])
  expect(linkTarget(['lib', 'a.so'], '../bin/a')).toEqual(['bin', 'a'])
  expect(linkTarget(['lib', 'a.so'], '../../a')).toBeNull()
  expect(linkTarget(['a'], '/etc/passwd')).toBeNull()
  expect(() => checkEntries([file('a', { kind: 'link', target: '../b' })], 1_000)).toThrow('points outside')
  expect(() => checkEntries([file('a', { kind: 'hard-link', target: '../b' })], 1_000)).toThrow('points outside')
})

test.each([
  ['a device', [file('a', { kind: 'other' })], 'neither file'],
  ['a file twice', [file('a'), file('a')], 'twice'],
  ['names that differ in case only', [file('Lib/a'), file('lib/A')], 'twice'],
  ['a file below a link', [file('a', { kind: 'link', target: 'b' }), file('a/x')], 'no folder'],
  ['a file below a file', [file('a'), file('a/x')], 'no folder'],
  ['a bomb', [file('a', { bytes: 1024 ** 3 })], '200 times'],
  ['too much', [file('a', { bytes: 64 * 1024 ** 3 })], 'would take'],
])('%s is refused', (_name, entries, why) => {
  expect(() => checkEntries(entries, 1_000_000)).toThrow(why)
})

test('too many entries are refused', () => {
  const limits = { entries: 2, totalBytes: 100, ratio: 200 }
  expect(() => checkEntries([file('a'), file('b'), file('c')], 1_000, limits)).toThrow('more than 2')
})
