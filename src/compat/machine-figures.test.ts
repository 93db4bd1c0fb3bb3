// The figures of two looks, in PM2's names and units.
import { describe, expect, it } from 'vitest';
import type { MachineReading } from '../model/machine.ts';
import { machineFigures } from './machine-figures.ts';

const MB = 2 ** 20;
const quiet = { bytes: 0, errors: 0, dropped: 0 };
const BEFORE: MachineReading = {
  atMs: 1000,
  processor: { busy: 100, total: 1000 },
  degreesCelsius: null,
  memory: { totalBytes: 4000 * MB, availableBytes: 3000 * MB },
  interfaces: [{ name: 'eth0', received: quiet, sent: quiet }],
  disks: { readBytes: 0, writtenBytes: 0 },
  fileSystems: [],
};
const AFTER: MachineReading = {
  atMs: 3000,
  processor: { busy: 150, total: 1400 },
  degreesCelsius: 48.26,
  memory: { totalBytes: 4000 * MB, availableBytes: 2900 * MB },
  interfaces: [
    { name: 'eth0', received: { bytes: 5 * MB, errors: 1, dropped: 0 }, sent: { bytes: MB, errors: 0, dropped: 2 } },
    { name: 'new0', received: quiet, sent: quiet },
  ],
  disks: { readBytes: 3 * MB, writtenBytes: MB },
  fileSystems: [{ path: '/', sizeBytes: 100 * 2 ** 30, usedBytes: 20 * 2 ** 30, availableBytes: 75 * 2 ** 30 }],
};
const valuesOf = (before: MachineReading, after: MachineReading): (readonly [string, number, string])[] =>
  Object.entries(machineFigures(before, after)).map(([name, { value, unit }]) => [name, value, unit]);

describe('figures of the machine', () => {
  it('are named and measured as in PM2, in its order', () => {
    expect(valuesOf(BEFORE, AFTER)).toEqual([
      ['CPU Usage', 12.5, '%'],
      ['CPU Temperature', 48.3, '°C'],
      ['RAM Usage', 27.5, '%'],
      ['RAM Total', 4000 * MB, 'b'],
      ['RAM Available', 2900 * MB, 'b'],
      ['RAM Active', 1100 * MB, 'b'],
      ['net:rx_5:eth0', 2.5, 'mb/s'],
      ['net:tx_5:eth0', 0.5, 'mb/s'],
      ['net:rx_errors_60:eth0', 30, '/min'],
      ['net:tx_errors_60:eth0', 0, '/min'],
      ['net:rx_dropped_60:eth0', 0, '/min'],
      ['net:tx_dropped_60:eth0', 60, '/min'],
      ['Disk Reads', 1.5, 'mb/s'],
      ['Disk Writes', 0.5, 'mb/s'],
      ['fs:use:/', 21.05, '%'],
      ['fs:size:/', 100, 'gb'],
    ]);
  });

  it('have the shape of all metrics of PM2', () => {
    expect(machineFigures(BEFORE, AFTER)['CPU Usage']).toEqual({ value: 12.5, type: 'metric', unit: '%', historic: true });
  });

  it('are 0 where nothing passed between the looks, and -1 for an unknown temperature', () => {
    const values = Object.fromEntries(valuesOf(BEFORE, BEFORE).map(([name, value]) => [name, value]));
    expect(values).toMatchObject({ 'CPU Usage': 0, 'CPU Temperature': -1, 'Disk Reads': 0, 'net:rx_5:eth0': 0 });
  });
});
