import { join } from 'node:path'
import type { Build } from '../../electron/contract/runtime'
import { createInstaller } from '../../electron/core/install/installer'
import { createBackground } from '../../electron/core/lib/background'
import { systemClock } from '../../electron/core/lib/clock'
import { runTool } from '../../electron/core/lib/run-tool'
import { createDownloader } from '../../electron/core/models/download'
import { llamaCpp } from '../../electron/core/runtimes/llama-cpp'
import { machineOf } from '../unit/recommend/machines'

/** This machine as far as the adapter looks at it. */
export const machine = machineOf({
  os: { platform: process.platform === 'darwin' ? 'darwin' : 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'x64' },
})

/** Installs the server from PyPI by its offer, as the app does, into a folder of the test. Needs the network. */
export async function installXllamacpp(folder: string): Promise<Build> {
  const python = (await runTool('python3', ['--version'], { timeoutMs: 5_000 })).stdout
  const background = createBackground(join(import.meta.dirname, '..', '..', 'dist', 'host', 'worker.js'))
  const installer = createInstaller({
    ...{ buildsFolder: folder, fetch, clock: systemClock, runTool, githubAddress: 'http://127.0.0.1:9', pypiReachable: () => null },
    ...{ background, downloader: createDownloader({ fetch, background }), environment: process.env },
    findBuilds: () => Promise.resolve([]),
  })
  const offers = await installer.offers(llamaCpp, { ...machine, python })
  const offer = offers.find(each => each.id === 'llama.cpp/xllamacpp/pypi-xllamacpp')
  if (!offer || offer.why !== null) throw new Error(`it is not offered: ${offer?.why ?? 'unknown'}`)
  return installer.install(offer.id, { signal: new AbortController().signal, onProgress: () => undefined })
}
