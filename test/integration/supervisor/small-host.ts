import { createSpawnLauncher } from '../../../electron/core/supervisor/spawn-launcher'

// A host reduced to what matters for orphans: starts one runtime with the real launcher, says its pid, and lives on.
const [installId = '', fake = '', ...flags] = process.argv.slice(2)
const launcher = createSpawnLauncher({ installId })
const handle = await launcher.launch(
  { kind: 'spawn', file: process.execPath, args: [fake, ...flags], env: {}, cwd: null },
  { runId: 'run-1', key: '' },
)
handle.lines(line => console.log(line.text))
console.log(`runtime ${handle.pid ?? 0}`)
setTimeout(() => process.exit(), 60_000)
