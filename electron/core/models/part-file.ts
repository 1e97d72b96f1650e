import { mkdir, open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'

/** What must hold for a part to be gone on with; written before the first byte. */
const sidecarSchema = z.object({
  address: z.string(),
  etag: z.string().nullable(),
  total: z.number().nullable(),
  sha256: z.string().nullable(),
})
export type Sidecar = z.infer<typeof sidecarSchema>

export type PartFile = {
  path: string
  /** How far an earlier try came, with what was known of the file then; null when there is nothing to go on with. */
  left(): Promise<{ bytes: number; sidecar: Sidecar } | null>
  /** Opens it for writing: at its end, or anew with this sidecar. */
  open(mode: 'append' | Sidecar): Promise<FileHandle>
  discard(): Promise<void>
  /** Makes it the finished file, safely on the disk. */
  finish(): Promise<void>
}

/** `target.part` beside `target.part.json`: bytes of an unfinished download and where they came from. */
export function partFile(target: string): PartFile {
  const path = `${target}.part`
  const sidecarPath = `${path}.json`
  const discard = async () => {
    await rm(path, { force: true })
    await rm(sidecarPath, { force: true })
  }
  return {
    path,
    discard,
    async left() {
      const sidecar = await readSidecar(sidecarPath)
      const bytes = await stat(path).then(
        stats => stats.size,
        () => 0,
      )
      return sidecar && bytes > 0 ? { bytes, sidecar } : null
    },
    async open(mode) {
      if (mode === 'append') return open(path, 'a')
      await mkdir(dirname(target), { recursive: true })
      await discard()
      const file = await open(path, 'w')
      await writeSidecar(sidecarPath, mode)
      return file
    },
    async finish() {
      const file = await open(path, 'r+')
      await file.sync().finally(() => file.close())
      await rename(path, target)
      await syncFolder(dirname(target))
      await rm(sidecarPath, { force: true })
    },
  }
}

async function writeSidecar(path: string, sidecar: Sidecar) {
  const file = await open(path, 'w')
  await file
    .writeFile(JSON.stringify(sidecar))
    .then(() => file.sync())
    .finally(() => file.close())
}

async function readSidecar(path: string): Promise<Sidecar | null> {
  try {
    return sidecarSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null
  }
}

/** A rename is only certain once its folder is on the disk; Windows cannot open folders and needs no such thing. */
async function syncFolder(folder: string) {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
