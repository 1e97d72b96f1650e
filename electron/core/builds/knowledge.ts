import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { conformanceRecordSchema, type ConformanceRecord } from '../../contract/conformance'
import type { RuntimesSnapshot } from '../../contract/runtime-detail'

const dimensionsSchema = z.object({ dimensions: z.array(z.object({ id: z.string(), title: z.string(), asks: z.string() })) })
const conformanceFileSchema = z.union([z.array(conformanceRecordSchema), z.object({ records: z.array(conformanceRecordSchema) })])

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** Rows of the matrix, from resources/knowledge/dimensions.json. */
export const readDimensions = (resourcesFolder: string): RuntimesSnapshot['dimensions'] =>
  dimensionsSchema.parse(read(join(resourcesFolder, 'knowledge', 'dimensions.json'))).dimensions

/** What the conformance suite wrote down, from resources/knowledge/conformance.json; empty before it ever ran. */
export function readConformance(resourcesFolder: string): ConformanceRecord[] {
  const path = join(resourcesFolder, 'knowledge', 'conformance.json')
  if (!existsSync(path)) return []
  const parsed = conformanceFileSchema.parse(read(path))
  return Array.isArray(parsed) ? parsed : parsed.records
}
