import type { MemoryEstimate } from '../../contract/decision'
import type { SimulatedRow } from '../runtimes/common-simulation'
import { marginOfMiB } from './devices'

/** What the engine said, or why it said nothing. */
export type SimulationResult = { by: string; rows: readonly SimulatedRow[] } | { why: string }

type Device = MemoryEstimate['devices'][number]

const sum = (device: Pick<Device, 'weightsMiB' | 'kvMiB' | 'computeMiB'>) => device.weightsMiB + device.kvMiB + device.computeMiB
const round = (value: number) => Math.round(value * 10) / 10

/**
 * The estimate with the engine's own figures in place of the formula's, device by device, and both sums beside each other.
 * The engine itself, others' use and the margin stay as they were. Where the engine names other devices than the formula
 * placed layers on, only the sums are compared.
 */
export function withSimulation(estimate: MemoryEstimate, result: SimulationResult): MemoryEstimate {
  const formulaMiB = round(estimate.devices.reduce((total, device) => total + sum(device), 0))
  if ('why' in result) return { ...estimate, simulation: { by: null, simulatedMiB: null, formulaMiB, why: result.why } }
  const { by } = result
  const shares = matchRows(estimate.devices, result.rows)
  if (!shares) {
    const why = `${by} divides it over other devices than were reckoned with.`
    return { ...estimate, simulation: { by, simulatedMiB: null, formulaMiB, why } }
  }
  const devices = estimate.devices.map((device, index) => simulated(device, shares[index] ?? null))
  const simulatedMiB = round(devices.reduce((total, device) => total + sum(device), 0))
  const fits = devices.every(device => device.freeMiB + (device.repackedMiB ?? 0) >= marginOfMiB(device.totalMiB))
  const said = `${by} reckons ${Math.round(simulatedMiB)} MiB without taking any; the formula says ${Math.round(formulaMiB)} MiB.`
  return { ...estimate, devices, fits, workings: [said, ...estimate.workings], simulation: { by, simulatedMiB, formulaMiB, why: null } }
}

/** Rows for each device in order; null when they do not go together. What a GPU's host side takes is left out where main memory is no device. */
function matchRows(devices: readonly Device[], rows: readonly SimulatedRow[]): readonly (readonly SimulatedRow[])[] | null {
  const host = rows.filter(row => row.host)
  const gpus = rows.filter(row => !row.host)
  const cards = devices.filter(device => device.id !== 'ram')
  if (cards.length === 0) return gpus.every(row => sumOf([row]) < 1) ? [host] : null
  const used = gpus.filter(row => sumOf([row]) >= 1)
  // The engine in the app adds its GPUs up, which tells a single card only.
  if (used.length !== cards.length) return null
  let next = 0
  return devices.map(device => (device.id === 'ram' ? host : used.slice(next, ++next)))
}

const sumOf = (rows: readonly SimulatedRow[]) =>
  rows.reduce((total, row) => total + row.weightsMiB + (row.contextMiB ?? 0) + row.computeMiB, 0)

function simulated(device: Device, rows: readonly SimulatedRow[] | null): Device {
  if (!rows || rows.length === 0) return device
  // The simulation maps nothing: it counts what is packed anew once, a start keeps the mapped original beside it.
  const weightsMiB = round(rows.reduce((total, row) => total + row.weightsMiB, 0) + (device.repackedMiB ?? 0))
  const buffersMiB = rows.reduce((total, row) => total + row.computeMiB, 0)
  const told = rows.every(row => row.contextMiB !== null)
  const kvMiB = told ? rows.reduce((total, row) => total + (row.contextMiB ?? 0), 0) : Math.min(device.kvMiB, buffersMiB)
  const computeMiB = told ? buffersMiB : buffersMiB - kvMiB
  const after = { weightsMiB, kvMiB: round(kvMiB), computeMiB: round(computeMiB) }
  return { ...device, ...after, freeMiB: round(device.freeMiB + sum(device) - sum(after)) }
}
