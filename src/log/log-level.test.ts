// Levels as the usual loggers print them, and the filter that is made of them.
import { describe, expect, it } from 'vitest';
import { levelIn } from './log-level.ts';
import { printedTime } from './printed-time.ts';
import { isEventWanted, lineFilterFor } from './wanted.ts';

describe('the level of a line', () => {
  it.each([
    ['{"level":30,"time":1,"msg":"x"}', 'info'],
    ['{"level":50,"msg":"x"}', 'error'],
    ['{"level":35,"msg":"x"}', 'info'],
    ['{"level":90,"msg":"x"}', 'fatal'],
    ['{"level":"warn","message":"error"}', 'warn'],
    ['{"level":"\\u001b[31merror\\u001b[39m"}', 'error'],
    ['{"severity":"CRITICAL","message":""}', 'fatal'],
    ['{"msg":"error"}', null],
    ['time=2026-11-22 level=error msg="warn"', 'error'],
    ['[WARN] disk', 'warn'],
    ['[2026-11-22T19:30:00] [ERROR] app - x', 'error'],
    ['2026-11-22 19:30:00 DEBUG x', 'debug'],
    ['error: it broke', 'error'],
    ['\u001b[33mwarn\u001b[39m: hot', 'warn'],
    ['FATAL ERROR: heap', 'fatal'],
    ['TypeError: x is not a function', null],
    ['an error occurred', null],
    ['GET /error 200', null],
    ['', null],
  ])('%s is %s', (line, level) => expect(levelIn(line)).toBe(level));
});

describe('--level', () => {
  const wanted = (stream: 'out' | 'err', text: string): string[] => {
    const block = Buffer.from(text);
    const lines: string[] = [];
    lineFilterFor({ level: 'warn', grep: null }, { streams: [stream], json: false })(block, (start, end) =>
      lines.push(block.toString('utf8', start, end)),
    );
    return lines;
  };

  it('takes the lines of a stack with their message', () => {
    expect(wanted('out', '[info] a\n  b\n[error] c\n    at d\n\te\nf\n')).toEqual(['[error] c', '    at d', '\te']);
  });

  it('takes what standard error says without a level', () => {
    expect(wanted('err', 'boom\n[debug] x\n')).toEqual(['boom']);
    expect(wanted('out', 'boom\n')).toEqual([]);
  });

  it('goes together with --grep, and for events too', () => {
    const block = Buffer.from('[error] a\n[error] b\n[info] b\n');
    const lines: string[] = [];
    lineFilterFor({ level: 'warn', grep: /b/ }, { streams: ['out'], json: false })(block, (start, end) =>
      lines.push(block.toString('utf8', start, end)),
    );
    expect(lines).toEqual(['[error] b']);
    expect(isEventWanted({ level: 'warn', grep: null }, { level: 'info', text: 'online' })).toBe(false);
    expect(isEventWanted({ level: 'error', grep: /errored/ }, { level: 'alert', text: 'errored: 10 crashes' })).toBe(true);
    expect(isEventWanted({ level: 'error', grep: /online/ }, { level: 'alert', text: 'errored: 10 crashes' })).toBe(false);
  });
});

describe('the time that a line prints', () => {
  const at = (text: string): number => new Date(text).getTime();
  it.each([
    ['2026-11-22T19:30:00.123Z hello', at('2026-11-22T19:30:00.123Z')],
    ['2026-11-22 19:30:00,5 [INFO]', at('2026-11-22T19:30:00.500')],
    ['[2026-11-22 19:30:00 +0200] x', at('2026-11-22T19:30:00+02:00')],
    ['2026/11/22 19:30:00 x', at('2026-11-22T19:30:00')],
    ['{"level":30,"time":1795942244728,"msg":"2020-01-01"}', 1_795_942_244_728],
    ['{"ts":1795942244.5}', 1_795_942_244_500],
    ['{"timestamp":"2026-11-22T19:30:00.123Z"}', at('2026-11-22T19:30:00.123Z')],
    ['{"timestamp":"yesterday, or so"}', null],
    ['2026-13-45T19:30:00Z', null],
    ['at 2026-11-22 19:30:00', null],
    ['hello', null],
    ['', null],
  ])('%s', (line, time) => expect(printedTime(line)).toBe(time));
});
