import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Failure } from '../../contract/failure'
import { probeRunSchema, type Machine } from '../../contract/machine'
import type { Platform, Reading } from './hardware.types'
import { parseMachine } from './parse-machine'
import { withoutIdentity } from './redact'

const platforms = ['linux', 'darwin', 'win32'] as const

/** probes.json of a recording: what ran, how it ended, and what it wrote. */
const indexSchema = z.object({
  platform: z.enum(platforms),
  detectedAt: z.string().nullable(),
  probes: z.array(probeRunSchema.extend({ file: z.string().nullable() })),
})

const indexName = 'probes.json'
/** A tool's output is text of at most a few megabytes; a folder may hold other things besides. */
const maxBytes = 8_000_000

export type Recorded = { platform: Platform; detectedAt: string | null; readings: readonly Reading[] }

/**
 * Writes one file per probe that left something, named after its tool, and probes.json. Serial numbers, UUIDs, addresses and
 * the machine's name are struck out, so that a recording can be handed on.
 */
export async function writeRecording(folder: string, { platform, detectedAt, readings }: Recorded): Promise<void> {
  await mkdir(folder, { recursive: true })
  const written = readings.filter(reading => reading.text !== '')
  await Promise.all(written.map(reading => writeFile(join(folder, reading.fileName), withoutIdentity(reading.text))))
  const probes = readings.map(reading => ({ ...reading.run, file: reading.text === '' ? null : reading.fileName }))
  await writeFile(join(folder, indexName), `${JSON.stringify({ platform, detectedAt, probes }, null, 2)}\n`)
}

/**
 * The machine of a recording, also of a folder with only some tools' outputs and no probes.json: what is missing counts as a
 * tool that is not there, and the platform is taken from what the texts look like unless it is given. Throws
 * Failure('not-found') when the folder is not there and Failure('bad-input') when probes.json is not ours.
 */
export async function readRecording(folder: string, platform?: Platform): Promise<Machine> {
  const names = await namesIn(folder)
  const index = names.includes(indexName) ? await readIndex(join(folder, indexName)) : null
  const files = names.filter(
    name => !/^(probes\.json|source\.(txt|md)|expected\.json|platform|README(\.\w+)?)$/i.test(name) && !/\.cmd\.txt$/.test(name),
  )
  const texts = await Promise.all(files.map(async name => ({ name, text: await readText(join(folder, name)) })))
  const readings = texts
    .filter(({ text }) => text !== null)
    .map(({ name, text }): Reading => {
      const known = index?.probes.find(probe => probe.file === name)
      const run = known ?? { probe: name.replace(/\.\w+$/, ''), commandLine: name, exitCode: null, durationMs: 0, outcome: 'read' as const }
      return { fileName: name, text: text ?? '', run: probeRunSchema.parse(run) }
    })
  const silent = (index?.probes ?? [])
    .filter(probe => probe.file === null)
    .map((probe): Reading => ({ fileName: '', text: '', run: probeRunSchema.parse(probe) }))
  const given = platform ?? index?.platform ?? (names.includes('platform') ? await platformFile(join(folder, 'platform')) : null)
  return parseMachine([...readings, ...silent], { platform: given, detectedAt: index?.detectedAt ?? null })
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (cause) {
    throw new Failure('not-found', `There is no folder ${folder} to read a machine from.`, { cause })
  }
}

async function readIndex(path: string) {
  try {
    return indexSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new Failure('bad-input', `${path} is not the index of a recording.`, { cause })
  }
}

async function readText(path: string): Promise<string | null> {
  const about = await stat(path)
  if (!about.isFile() || about.size > maxBytes) return null
  const bytes = await readFile(path)
  // PowerShell redirects to UTF-16.
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe
  return bytes.toString(isWide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '')
}

async function platformFile(path: string): Promise<Platform | null> {
  const text = (await readFile(path, 'utf8')).trim()
  return platforms.find(known => known === text) ?? null
}
