import { ensureBuilt } from './ensure-built.ts'

await ensureBuilt()
await import(new URL('../../dist/host/cli.js', import.meta.url).href)
