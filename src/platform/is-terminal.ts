// Whether a descriptor is a terminal, without what Node loads to tell: node:tty loads node:net, as long as there is no doubt it is not asked.
import fs from 'node:fs';
import type tty from 'node:tty';

/** Of a descriptor of this process. */
export function isTerminal(file: number): boolean {
  if (!mayBeTerminal(file)) return false;
  // An import at the top would load it for everybody.
  return (require('node:tty') as typeof tty).isatty(file);
}

/** No terminal is anything but a character device; the other one that everybody knows is where output is thrown away. */
function mayBeTerminal(file: number): boolean {
  try {
    const device = fs.fstatSync(file);
    return device.isCharacterDevice() && device.rdev !== fs.statSync('/dev/null').rdev;
  } catch {
    return true; // No /dev/null, or no such descriptor: that may well be asked.
  }
}
