import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const folders = (place: string) =>
  readdirSync(join(root, place), { withFileTypes: true }).flatMap(each => (each.isDirectory() ? [each.name] : []))

test('every folder of the tree is in the README', () => {
  const places = [
    ...folders('electron'),
    ...folders('electron/core').filter(name => name !== 'lib'),
    ...folders('renderer'),
    ...folders('test'),
  ]
  expect(places.filter(name => !readme.includes(`${name}/`))).toEqual([])
})

test('every picture and page it links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(match => match[1] ?? '')
  expect(links.length).toBeGreaterThan(5)
  expect(links.filter(link => !existsSync(join(root, link)))).toEqual([])
})

test('every script it names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const named = [...readme.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(match => match[1] ?? '')
  expect(named.filter(name => !(name in scripts))).toEqual([])
})
