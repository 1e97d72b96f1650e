/** How a release asset comes: an archive of files, one file by itself that is compressed, or a program as it is. */
export type Packing = 'archive' | 'gzip' | 'program'

const archives = /\.(?:zip|tar|tgz|txz|tbz2?|7z|rar|xz|bz2|zst|tar\.[a-z0-9]+)$/i

/** By the end of its name, as releases have no other word for it: `engine.tar.gz`, `engine-linux-amd64.gz`, `engine-linux-x64`. */
export function packingOf(name: string): Packing {
  if (archives.test(name)) return 'archive'
  return /\.gz$/i.test(name) ? 'gzip' : 'program'
}
