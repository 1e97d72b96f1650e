import { basename } from 'node:path'

const maxParts = 999
const partName = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/

/** The files that belong together: of `name-00001-of-00003.gguf` all three, of any other only itself. */
export function partsOf(file: string): readonly string[] {
  const match = partName.exec(basename(file))
  const count = Number(match?.[3] ?? 1)
  if (!match || count < 2 || count > maxParts) return [file]
  return Array.from(
    { length: count },
    (_, index) =>
      file.slice(0, file.length - basename(file).length) + `${match[1]}-${String(index + 1).padStart(5, '0')}-of-${match[3]}.gguf`,
  )
}
