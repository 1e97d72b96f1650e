import type { Fix } from '../../contract/instance'
import type { ExitEvidence, Explanation } from '../runtimes/runtime'

export type RuleContext = { circumstance: { kind: string; why: string | null }; evidence: ExitEvidence }

export type Rule = {
  applies(context: RuleContext): boolean
  /** The lines that prove it. */
  proof?: RegExp
  explain(context: RuleContext): Omit<Explanation, 'lines'>
}

/** Texts of the C library, of CUDA, HIP and Vulkan, and of common argument parsers; no runtime's own (adapters know those). */
const texts = {
  portTaken: /address already in use|EADDRINUSE|only one usage of each socket address/i,
  outOfMemory:
    /out of memory|cannot allocate memory|\bENOMEM\b|std::bad_alloc|failed to allocate|VK_ERROR_OUT_OF_(?:DEVICE|HOST)_MEMORY|hipErrorOutOfMemory/i,
  gpuLost:
    /VK_ERROR_DEVICE_LOST|fallen off the bus|NVRM: Xid|CUDA error: (?:an illegal memory access|unspecified launch failure|device-side assert)|hipErrorNoDevice|device removed/i,
  systemTooOld: /version [`'](?:GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found/,
  libraryMissing: /error while loading shared libraries: \S+|cannot open shared object file|Library not loaded: \S+/i,
  badFlag: /unrecognized arguments?|unrecognised arguments?|unknown (?:option|argument|flag)|invalid argument: -|no such option/i,
}

const says = (pattern: RegExp) => (context: RuleContext) =>
  context.evidence.lines.some(line => line.stream !== 'note' && pattern.test(line.text))

/** NTSTATUS values as exit codes of Windows (learn.microsoft.com/openspecs/windows_protocols/ms-erref). */
const dllMissing = 0xc0000135
const illegalInstruction = 0xc000001d

const lacksLibrary = (context: RuleContext) => context.evidence.exitCode === dllMissing || says(texts.libraryMissing)(context)

/** `GLIBC_2.38` out of the line that names it. */
const wantedLibrary = ({ evidence }: RuleContext) =>
  evidence.lines.map(line => /(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+/.exec(line.text)?.[0]).find(each => each !== undefined)

const retry: Fix = { title: 'Try again', detail: null, action: { kind: 'retry' } }

function lessMemory({ input }: ExitEvidence): Fix[] {
  const fixes: Fix[] = []
  const half = Math.floor(input.contextTokens / 2)
  if (half >= 512)
    fixes.push({ title: `Start with ${half} tokens of context`, detail: null, action: { kind: 'restart-with', contextTokens: half } })
  if (input.slots > 1) fixes.push({ title: 'Start with one slot', detail: null, action: { kind: 'restart-with', slots: 1 } })
  fixes.push({ title: 'Choose a smaller model', detail: null, action: { kind: 'choose-model' } })
  return fixes
}

const fileFixes = ({ input }: ExitEvidence): Fix[] => [
  { title: 'Download it again', detail: null, action: { kind: 'download-again', model: input.model.id } },
  { title: 'Point to the file', detail: null, action: { kind: 'choose-file', model: input.model.id } },
]

const isGguf = ({ input }: ExitEvidence) => input.model.facts?.format === 'gguf' || input.model.path.endsWith('.gguf')

/** Shorter than when its header was read; a runtime that maps the file dies by SIGBUS when it reaches the missing part. */
const isShorter = ({ input, file }: ExitEvidence) =>
  file.bytes !== null && input.model.facts !== null && file.bytes < input.model.facts.bytes

const megabytes = (bytes: number | null) => (bytes === null ? 'an unknown size' : `${(bytes / 1_000_000).toFixed(1)} MB`)

const killSignals = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']

/** Explanations that hold for every runtime, the surest first. Only for a process that ended by itself. */
export const generalRules: readonly Rule[] = [
  {
    applies: ({ evidence }) => evidence.input.model.path !== '' && !evidence.file.exists,
    explain: ({ evidence }) => ({
      cause: 'file-missing',
      headline: 'The model file is gone',
      explanation: `There is no file at ${evidence.input.model.path}. It was moved, renamed or deleted, or its disk is not connected.`,
      permanent: true,
      fixes: fileFixes(evidence),
    }),
  },
  {
    applies: ({ evidence }) => isGguf(evidence) && evidence.file.bytes !== null && evidence.file.magic !== 'GGUF',
    explain: ({ evidence }) => ({
      cause: 'not-a-gguf',
      headline: 'The file is not a GGUF',
      explanation: `A GGUF file begins with the letters GGUF; this one (${megabytes(evidence.file.bytes)}) does not. Often it is a web page saved in its place.`,
      permanent: true,
      fixes: fileFixes(evidence),
    }),
  },
  {
    applies: ({ evidence }) => isShorter(evidence),
    explain: ({ evidence }) => ({
      cause: 'truncated',
      headline: 'A part of the model file is missing',
      explanation: `It has ${megabytes(evidence.file.bytes)} of ${megabytes(evidence.input.model.facts?.bytes ?? null)}: a download or copy that was cut, or a file that was changed since.`,
      permanent: true,
      fixes: fileFixes(evidence),
    }),
  },
  {
    applies: says(texts.portTaken),
    proof: texts.portTaken,
    explain: ({ evidence }) => ({
      cause: 'port-taken',
      headline: `Port ${evidence.input.port} is taken`,
      explanation: `${evidence.portHolder ?? 'Another program'} listens there.`,
      permanent: false,
      fixes: [retry],
    }),
  },
  {
    applies: context => context.evidence.oomKilled || says(texts.outOfMemory)(context),
    proof: texts.outOfMemory,
    explain: ({ evidence }) => ({
      cause: 'out-of-memory',
      headline: 'There was not enough memory',
      explanation: evidence.oomKilled
        ? 'The operating system ran out of memory and ended the runtime to save the rest.'
        : 'The runtime asked for memory that was not there.',
      permanent: false,
      fixes: lessMemory(evidence),
    }),
  },
  {
    applies: says(texts.gpuLost),
    proof: texts.gpuLost,
    explain: () => ({
      cause: 'gpu-lost',
      headline: 'The GPU went away',
      explanation: 'The driver lost or reset the GPU. It may come back after a moment; when it does not, the machine needs a restart.',
      permanent: false,
      fixes: [retry, { title: 'Start on the CPU', detail: null, action: { kind: 'restart-with', gpuLayers: 0 } }],
    }),
  },
  {
    applies: says(texts.systemTooOld),
    proof: texts.systemTooOld,
    explain: context => ({
      cause: 'system-too-old',
      headline: 'This system is too old for the build',
      explanation: `It was made for a newer C or C++ library (${wantedLibrary(context) ?? 'glibc'}) than this system has. An older build may do, or one for another system; a container brings its own.`,
      permanent: true,
      fixes: [{ title: 'Look at other builds', detail: null, action: { kind: 'install', build: context.evidence.input.build.id } }],
    }),
  },
  {
    applies: context =>
      context.evidence.exitCode === 127 ||
      context.evidence.exitCode === 126 ||
      context.evidence.exitCode === dllMissing ||
      says(texts.libraryMissing)(context),
    proof: texts.libraryMissing,
    explain: context => ({
      cause: lacksLibrary(context) ? 'library-missing' : 'executable-missing',
      headline: lacksLibrary(context) ? 'A library of the program is missing' : 'The program could not be executed',
      explanation: 'This build does not fit the system it is on, or parts of it were removed. Another build of the same runtime may fit.',
      permanent: true,
      fixes: [{ title: 'Install it again', detail: null, action: { kind: 'install', build: context.evidence.input.build.id } }],
    }),
  },
  {
    applies: context => context.evidence.exitCode !== 0 && says(texts.badFlag)(context),
    proof: texts.badFlag,
    explain: () => ({
      cause: 'bad-flag',
      headline: 'It does not know one of its flags',
      explanation: 'Flags differ from version to version. Start it without the extra flags, or with those of this version.',
      permanent: true,
      fixes: [{ title: 'Start without extra flags', detail: null, action: { kind: 'restart-with', flags: [] } }],
    }),
  },
  {
    applies: ({ evidence }) => evidence.signal === 'SIGILL' || evidence.exitCode === 132 || evidence.exitCode === illegalInstruction,
    explain: () => ({
      cause: 'wrong-processor',
      headline: 'This build is not for this processor',
      explanation: 'It used an instruction that the processor does not have (SIGILL). A build without AVX2 or AVX-512 may run.',
      permanent: true,
      fixes: [],
    }),
  },
  {
    applies: ({ evidence }) => evidence.signal === 'SIGBUS',
    explain: ({ evidence }) => ({
      cause: 'model-changed',
      headline: 'The model file changed while it was in use',
      explanation:
        'The runtime reads the file as it goes, and a part was no longer there (SIGBUS): it was cut or replaced, or its disk went away.',
      permanent: false,
      fixes: [retry, ...fileFixes(evidence)],
    }),
  },
  {
    applies: ({ circumstance, evidence }) => circumstance.kind === 'exited' && killSignals.includes(evidence.signal ?? ''),
    explain: ({ evidence }) => ({
      cause: 'killed',
      headline: 'Another program ended it',
      explanation: `It was ended by ${evidence.signal ?? 'a signal'}, which Roundhouse did not send: a person, a script or the system did.`,
      permanent: false,
      fixes: [retry],
    }),
  },
]
