// The machine in the names and units of PM2's `slist`. Pure.
import type { InterfaceReading, MachineReading, TrafficReading } from '../model/machine.ts';

/** One figure as PM2's metrics are: numbers without their unit. */
export interface MachineFigure {
  readonly value: number;
  readonly type: 'metric';
  readonly unit: string;
  readonly historic: true;
}

/** By the names that PM2 gives them, in its order. */
export type MachineFigures = Readonly<Record<string, MachineFigure>>;

const MB = 2 ** 20;
const GB = 2 ** 30;
const SECONDS_PER_MINUTE = 60;

/** What two looks say: rates are those between them. PM2 writes -1 for a temperature that nobody knows. */
export function machineFigures(before: MachineReading, after: MachineReading): MachineFigures {
  const seconds = (after.atMs - before.atMs) / 1000;
  const perSecond = (from: number, to: number): number => (seconds > 0 ? (to - from) / seconds : 0);
  const { totalBytes, availableBytes } = after.memory;
  const ticks = after.processor.total - before.processor.total;
  const networks = after.interfaces.flatMap((one) => {
    const earlier = before.interfaces.find(({ name }) => name === one.name);
    return earlier === undefined ? [] : networkFigures(earlier, one, perSecond);
  });
  const fileSystems = after.fileSystems.flatMap(({ path, sizeBytes, usedBytes, availableBytes: left }) => [
    [`fs:use:${path}`, figure(percent(usedBytes, usedBytes + left), '%', 2)] as const,
    [`fs:size:${path}`, figure(sizeBytes / GB, 'gb', 2)] as const,
  ]);
  return Object.fromEntries([
    ['CPU Usage', figure(percent(after.processor.busy - before.processor.busy, ticks), '%', 1)],
    ['CPU Temperature', figure(after.degreesCelsius ?? -1, '°C', 1)],
    ['RAM Usage', figure(percent(totalBytes - availableBytes, totalBytes), '%', 1)],
    ['RAM Total', figure(totalBytes, 'b', 0)],
    ['RAM Available', figure(availableBytes, 'b', 0)],
    ['RAM Active', figure(totalBytes - availableBytes, 'b', 0)],
    ...networks,
    ['Disk Reads', figure(perSecond(before.disks.readBytes, after.disks.readBytes) / MB, 'mb/s', 3)],
    ['Disk Writes', figure(perSecond(before.disks.writtenBytes, after.disks.writtenBytes) / MB, 'mb/s', 3)],
    ...fileSystems,
  ]);
}

function networkFigures(
  before: InterfaceReading,
  after: InterfaceReading,
  perSecond: (from: number, to: number) => number,
): (readonly [string, MachineFigure])[] {
  const both = (name: string, make: (from: TrafficReading, to: TrafficReading) => MachineFigure): (readonly [string, MachineFigure])[] => [
    [`net:rx_${name}:${after.name}`, make(before.received, after.received)],
    [`net:tx_${name}:${after.name}`, make(before.sent, after.sent)],
  ];
  const perMinute = (from: number, to: number): MachineFigure => figure(SECONDS_PER_MINUTE * perSecond(from, to), '/min', 0);
  return [
    ...both('5', (from, to) => figure(perSecond(from.bytes, to.bytes) / MB, 'mb/s', 3)),
    ...both('errors_60', (from, to) => perMinute(from.errors, to.errors)),
    ...both('dropped_60', (from, to) => perMinute(from.dropped, to.dropped)),
  ];
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

function figure(value: number, unit: string, digits: number): MachineFigure {
  return { value: Number(value.toFixed(digits)), type: 'metric', unit, historic: true };
}
