import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Name and version of the first of these Python packages in the environment that a program belongs to, `vllm==0.32.0+cpu`, read
 * from the names of the folders that describe them (`NAME-VERSION.dist-info`, PEP 427). Null when the program is in no
 * environment, or none of them is there: then it has to be asked itself.
 */
export async function distributionOf(program: string, names: readonly string[]): Promise<string | null> {
  if (names.length === 0) return null
  for (const folder of await siteFolders(dirname(dirname(program)))) {
    const described = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.dist-info'))
    for (const name of names) {
      const own = described.find(each => normalised(each.split('-')[0] ?? '') === normalised(name))
      const version = own?.slice(0, -'.dist-info'.length).split('-')[1]
      if (version !== undefined) return `${name}==${version}`
    }
  }
  return null
}

const normalised = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '_')

/** `lib/python3.12/site-packages` on POSIX, `Lib/site-packages` on Windows. */
async function siteFolders(environment: string): Promise<string[]> {
  const lib = join(environment, 'lib')
  const versions = (await readdir(lib).catch(() => [])).filter(name => name.startsWith('python3'))
  return [...versions.map(name => join(lib, name, 'site-packages')), join(environment, 'Lib', 'site-packages')]
}
