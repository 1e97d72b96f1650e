// Turns a GPU table in CSV into gpus.json: `node gpus-from-csv.mjs TABLE.csv > gpus.json`. See gpus.md for the columns.
import { readFileSync } from 'node:fs'

const cellsOf = line => [...line.matchAll(/("([^"]*)"|[^,]*)(,|$)/g)].slice(0, -1).map(match => match[2] ?? match[1])
const figure = text => (text === '' || Number.isNaN(Number(text)) ? null : Math.round(Number(text) * 10) / 10)

const [header, ...rows] = readFileSync(process.argv[2], 'utf8').trim().split(/\r?\n/)
const columns = cellsOf(`${header},`)
const entries = rows.map(row => {
  const of = name => cellsOf(`${row},`)[columns.indexOf(name)] ?? ''
  const cores = / \((\d+)c(?: GPU)?\)$/.exec(of('name'))
  return {
    name: of('name').replace(/ \(\d+c(?: GPU)?\)$/, ''),
    vendor: of('vendor').toLowerCase(),
    architecture: of('arch') || null,
    vramGb: figure(of('vram_gb')),
    bandwidthGBps: figure(of('bandwidth_gb_s')),
    memoryType: of('mem_type') || null,
    fp16Tflops: figure(of('fp16_tflops_shader')),
    computeCapability: /^\d+\.\d+$/.test(of('compute_capability')) ? of('compute_capability') : null,
    gpuCores: cores ? Number(cores[1]) : null,
    source: of('spec_url') || null,
  }
})
process.stdout.write(`[\n${entries.map(entry => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`)
