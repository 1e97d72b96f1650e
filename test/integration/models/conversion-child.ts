import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../../electron/core/lib/clock'
import { unfinishedSchema, withPlaces } from '../../../electron/core/models/conversions/unfinished'
import { openStore } from '../../../electron/core/store/open-store'

/** A process that is killed in the middle of a conversion: DATABASE TARGET. Says `inside` when both of its places hold something. */
const [database = '', target = ''] = process.argv.slice(2)
const rows = openStore(database, systemClock).collection('conversions-unfinished', unfinishedSchema)
await withPlaces(rows, { title: 'name: Quantise Q8_0', target }, async ({ folder, output }) => {
  writeFileSync(join(folder, 'between.gguf'), Buffer.alloc(2_000_000))
  mkdirSync(output)
  writeFileSync(join(output, 'model.safetensors'), Buffer.alloc(1_000_000))
  process.stdout.write('inside\n')
  await new Promise(resolve => setTimeout(resolve, 60_000))
})
