import type { Fix } from '../../contract/instance'
import { causes, fileFixes, lessMemoryFixes, noFlagsFix, otherModelFix, retryFix, type FailureRule } from './common-autopsy'
import type { ExitEvidence } from './runtime'

/** Texts of PyTorch, the CUDA and ROCm runtimes, Hugging Face's libraries, argparse and uvicorn: the same in every server made of them. */

const installAgain = ({ input }: ExitEvidence): Fix => ({
  title: 'Install it again',
  detail: input.build.title,
  action: { kind: 'install', build: input.build.id },
})

/** `most`: what the model was made for. */
export const tooLongContext = (most: number) => () => ({
  cause: 'context-too-long',
  headline: 'The context is longer than the model was made for',
  explanation: `The model was made for ${most} tokens. Beyond that its answers break.`,
  permanent: true,
  fixes: [{ title: `Start with ${most} tokens of context`, detail: null, action: { kind: 'restart-with' as const, contextTokens: most } }],
})

const gpuFull = (evidence: ExitEvidence) => ({
  cause: 'out-of-memory',
  headline: 'There was not enough memory on the GPU',
  explanation: 'Weights, KV cache and graphs together are larger than what is free there. Other programs may hold some of it.',
  permanent: false,
  fixes: lessMemoryFixes(evidence),
})

const driverTooOld = (version: string | null) => () => ({
  cause: 'driver-too-old',
  headline: 'The driver is too old for this build',
  explanation: `The NVIDIA driver ${version === null ? 'of this machine' : `(CUDA ${version})`} does not serve the CUDA version that the build was made for. A newer driver does, or an older build.`,
  permanent: true,
  fixes: [retryFix],
})

const noKernel = () => ({
  cause: 'wrong-arch',
  headline: 'This build has no code for this GPU',
  explanation: 'Its kernels were compiled for other generations of GPUs; yours is older, or newer than the build.',
  permanent: true,
  fixes: [],
})

const libraryMissing = (name: string | null) => (evidence: ExitEvidence) => ({
  cause: 'library-missing',
  headline: name === null ? 'A library is missing' : `${name} is missing`,
  explanation: 'A part of this build, or of the driver that it needs, is not there.',
  permanent: true,
  fixes: [installAgain(evidence)],
})

const gated = (evidence: ExitEvidence) => ({
  cause: 'gated-model',
  headline: 'The model is behind terms that were not accepted',
  explanation: 'Its maker wants you to accept terms on the hub first. Then download it in Models with your token, and start it from there.',
  permanent: true,
  fixes: [
    { title: 'Download it', detail: null, action: { kind: 'download-again' as const, model: evidence.input.model.id } },
    otherModelFix,
  ],
})

const badFolder = (evidence: ExitEvidence) => ({
  cause: 'file-missing',
  headline: 'The model folder is not whole',
  explanation: `In ${evidence.input.model.path} a file that belongs to the model is missing: its configuration, its tokeniser or a part of the weights.`,
  permanent: true,
  fixes: fileFixes(evidence),
})

const damaged = (evidence: ExitEvidence) => ({
  cause: 'truncated',
  headline: 'The weights are damaged',
  explanation: 'A safetensors file ends before its header says so, or begins with something else: a download or a copy that was cut short.',
  permanent: true,
  fixes: fileFixes(evidence),
})

const ownCode = () => ({
  cause: 'needs-own-code',
  headline: 'The model brings program code of its own',
  explanation: 'It would have to be run to load the model. Roundhouse does not run code from model folders.',
  permanent: true,
  fixes: [otherModelFix],
})

const sharedMemory = () => ({
  cause: 'shared-memory',
  headline: 'There is too little shared memory',
  explanation: 'Its processes pass data through /dev/shm, which is full or small. Containers have 64 MB unless they are told otherwise.',
  permanent: true,
  fixes: [retryFix],
})

const fp8Missing = () => ({
  cause: 'wrong-format',
  headline: 'This GPU does not compute with FP8',
  explanation:
    'The model, or the KV cache that was asked for, is in FP8, which NVIDIA GPUs have from compute capability 8.9 on. AWQ, GPTQ or 16 bits run here.',
  permanent: true,
  fixes: [otherModelFix, noFlagsFix],
})

const noCompiler = (evidence: ExitEvidence) => ({
  cause: 'no-compiler',
  headline: 'It wanted to compile a part for this GPU and could not',
  explanation:
    'Some kernels are compiled at the first start, which needs the CUDA toolkit (nvcc) of the version that the build was made for, and a C++ compiler.',
  permanent: true,
  fixes: [noFlagsFix, installAgain(evidence)],
})

const noHeaders = () => ({
  cause: 'no-compiler',
  headline: 'Python.h is missing',
  explanation:
    'Triton compiles a little C for the GPU at the first start and needs the headers of this Python: the package python3-dev (python3-devel) has them.',
  permanent: true,
  fixes: [retryFix],
})

const vgpu = () => ({
  cause: 'not-supported',
  headline: 'The driver does not allow what it needs',
  explanation: 'It asks for memory in a way that this GPU, or the slice of it that a virtual machine or MIG gives, does not offer.',
  permanent: true,
  fixes: [otherModelFix],
})

/** After the adapter's own rules, the surest first. */
export const pythonRules: readonly FailureRule[] = [
  { proof: /\[Errno (?:98|48)\]|\[WinError 10048\]|address already in use/i, explain: causes.portTaken },
  { proof: /unrecognized arguments: (--[\w-]+)/, explain: (_evidence, match) => causes.badFlag(match[1] ?? null)() },
  { proof: /error: argument (--[\w-]+)[^:]*: (?:invalid|expected)/, explain: (_evidence, match) => causes.badFlag(match[1] ?? null)() },
  {
    proof: /NVIDIA driver on your system is too old \(found version (\d+)\)/,
    explain: (_evidence, match) => driverTooOld(cudaOf(match[1]))(),
  },
  {
    proof: /CUDA driver version is insufficient for CUDA runtime version|forward compatibility was attempted/,
    explain: driverTooOld(null),
  },
  {
    proof:
      /no kernel image is available for execution on the device|No supported CUDA architectures found|fmhaRunner\.\S+: Unsupported architecture|CUDA capability sm_\d+ is not compatible|hipErrorNoBinaryForGpu/,
    explain: noKernel,
  },
  {
    proof:
      /CUDA out of memory|CUDA runtime error: out of memory|torch\.OutOfMemoryError|HIP out of memory|\[METAL\].*Insufficient Memory|cudaErrorMemoryAllocation/,
    explain: gpuFull,
  },
  {
    proof: /(lib[\w.+-]+\.so[\d.]*): cannot open shared object file|Library not loaded: \S*?([\w.+-]+\.dylib)/,
    explain: (evidence, match) => libraryMissing(match[1] ?? match[2] ?? null)(evidence),
  },
  {
    proof: /ModuleNotFoundError: No module named '([\w.]+)'|PackageNotFoundError: No package metadata was found for (\S+)/,
    explain: (evidence, match) => libraryMissing(match[1] ?? match[2] ?? null)(evidence),
  },
  { proof: /GatedRepoError|Cannot access gated repo|Access to model .* is restricted/, explain: gated },
  { proof: /trust_remote_code=True|contains custom code which must be executed/, explain: ownCode },
  {
    proof: /SafetensorError|MetadataIncompleteBuffer|HeaderTooLarge|InvalidHeader|exceeding the size of the file|\[load_safetensors\]/,
    explain: damaged,
  },
  { proof: /fp8e4nv not supported in this architecture/, explain: fp8Missing },
  { proof: /fatal error: Python\.h: No such file/, explain: noHeaders },
  {
    proof: /nvcc: not found|Could not find nvcc|No such file or directory: '\S*nvcc'|Ninja build failed|\bninja: build stopped|PTXASError/,
    explain: noCompiler,
  },
  { proof: /\[TM\]\[ERROR\].*CUDA runtime error: operation not supported/, explain: vgpu },
  {
    proof:
      /HFValidationError|LocalEntryNotFoundError|does not appear to have a file named|No such file or directory: '[^']*(?:config\.json|safetensors)|Can't load tokenizer|No safetensors found|Cannot find any model weights/,
    explain: badFolder,
  },
  {
    proof: /No space left on device.*\/dev\/shm|unable to open shared memory object|Bus error.*shared memory|insufficient shared memory/i,
    explain: sharedMemory,
  },
]

/** `12020` -> `12.2`. */
function cudaOf(number: string | undefined): string | null {
  if (number === undefined) return null
  return `${Math.floor(Number(number) / 1000)}.${Math.floor((Number(number) % 1000) / 10)}`
}
