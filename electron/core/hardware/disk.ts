import { readdir, readFile, realpath, statfs } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'

/** Size, free space and kind of the disk that holds `folder` (or will: the nearest folder above that is there), as JSON text. */
export async function diskOf(root: string, folder: string | null): Promise<string> {
  if (folder === null) return ''
  const there = await nearest(folder)
  const { blocks, bavail, bsize } = await statfs(there)
  const mount = await mountOf(root, await realpath(there))
  const device = mount === null ? null : await blockDevice(root, mount.source)
  return JSON.stringify({
    modelsDisk: {
      totalBytes: blocks * bsize,
      freeBytes: bavail * bsize,
      fileSystem: mount?.fileSystem ?? null,
      device,
      rotational: device === null ? null : ((await text(join(root, 'sys/block', device, 'queue/rotational')))?.trim() ?? null),
    },
  })
}

async function nearest(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch {
    const above = dirname(folder)
    return above === folder ? folder : nearest(above)
  }
}

/** /proc/self/mountinfo (https://docs.kernel.org/filesystems/proc.html, 3.5): the longest mount point above the folder. */
async function mountOf(root: string, folder: string): Promise<{ fileSystem: string; source: string } | null> {
  const lines = ((await text(join(root, 'proc/self/mountinfo'))) ?? '').split('\n')
  const mounts = lines.flatMap(line => {
    const found = /^\d+ \d+ \d+:\d+ \S+ (\S+) .* - (\S+) (\S+)/.exec(line)
    return found ? [{ point: found[1] ?? '', fileSystem: found[2] ?? '', source: found[3] ?? '' }] : []
  })
  const above = mounts.filter(({ point }) => folder === point || folder.startsWith(point.endsWith(sep) ? point : point + sep))
  return above.sort((one, other) => other.point.length - one.point.length)[0] ?? null
}

/** `/dev/nvme0n1p2` -> nvme0n1; encrypted and logical volumes lead to what is below them. */
async function blockDevice(root: string, source: string): Promise<string | null> {
  if (!source.startsWith('/dev/')) return null
  const name = basename(await realpath(join(root, source)).catch(() => source))
  const below = await readdir(join(root, 'sys/block', name, 'slaves')).catch(() => [])
  const first = below[0]
  if (first !== undefined) return diskName(first)
  return diskName(name)
}

const diskName = (name: string) => name.replace(/^(nvme\d+n\d+|mmcblk\d+)p\d+$/, '$1').replace(/^((?:s|v|xv|h)d[a-z]+)\d+$/, '$1')

async function text(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}
