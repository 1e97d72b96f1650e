import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.ts'

/** Renews the pictures of the README by the end-to-end run that shows the main job. */
const root = join(import.meta.dirname, '..', '..')
await ensureBuilt()
const environment = { ...process.env, ROUNDHOUSE_SCREENSHOTS: '1', NODE_ENV: 'test' }
const result = spawnSync(join(root, 'node_modules', '.bin', 'vitest'), ['run', 'test/e2e/main-job.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: environment,
})
process.exit(result.status ?? 1)
