import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import { createInstaller, type InstallerDeps } from '../../../electron/core/install/installer'
import { createBackground } from '../../../electron/core/lib/background'
import { systemClock } from '../../../electron/core/lib/clock'
import { runTool } from '../../../electron/core/lib/run-tool'
import { createDownloader } from '../../../electron/core/models/download'
import { machineOf } from '../../unit/recommend/machines'
import { tarOf } from './archives'
import { runtimeWith, serveReleases, type Asset } from './release-server'

export const background = createBackground(join(import.meta.dirname, '..', '..', '..', 'dist', 'host', 'worker.js'))
export const program = {
  name: 'llama-b12345/llama-server',
  text: '#!/bin/sh\necho "version: 0.9.0 (build 12345, commit abc)" >&2\n',
  mode: 0o755,
}
export const archive: Asset = {
  name: 'llama-b12345-bin-ubuntu-x64.tar.gz',
  content: tarOf([program, { name: 'llama-b12345/libggml.so', text: 'x' }]),
}
export const plan = {
  kind: 'github-release',
  repository: 'makers/engine',
  asset: /^llama-b\d+-bin-ubuntu-x64\.(?:zip|tar\.gz)$/,
  executable: 'llama-server',
} as const

export const installerDeps = (buildsFolder: string, githubAddress: string): InstallerDeps => ({
  ...{ buildsFolder, background, fetch, clock: systemClock, runTool, githubAddress, environment: process.env },
  downloader: createDownloader({ fetch, background, retry: { tries: 3, firstDelayMs: 10 } }),
  pypiReachable: () => null,
  findBuilds: () => Promise.resolve([]),
})

/** An installer over a server of releases; `list` leaves out what is not a build. */
export async function setUpReleases(buildsFolder: string, made: { assets: Asset[]; plan: Parameters<typeof runtimeWith>[0] }) {
  const server = await serveReleases(made.assets)
  const runtime = runtimeWith(made.plan)
  const installer = createInstaller(installerDeps(buildsFolder, server.address))
  await installer.swept
  const install = async (onProgress = vi.fn(), signal = new AbortController().signal) => {
    const [offer] = await installer.offers(runtime, machineOf())
    if (!offer) throw new Error('nothing is offered')
    return await installer.install(offer.id, { signal, onProgress })
  }
  const list = async () => (await readdir(buildsFolder)).filter(name => name !== '.locks' && name !== '.downloads')
  return { server, installer, runtime, install, list }
}
