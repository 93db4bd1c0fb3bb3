// The order in which messages are handled.
import { describe, expect, it } from 'vitest';
import { createMailbox } from './mailbox.ts';

describe('the mailbox', () => {
  it('handles what a handler posts after the handler, behind what already waits', () => {
    const seen: string[] = [];
    const mailbox = createMailbox<string>(
      (message) => {
        seen.push(message);
        if (message === 'a') {
          mailbox.post('a1');
          mailbox.post('a2');
        }
      },
      () => 0,
    );
    mailbox.post('a');
    mailbox.post('b');
    expect(seen).toEqual(['a', 'a1', 'a2', 'b']);
  });

  it('stamps each message with the moment at which it is handled', () => {
    let nowMs = 5;
    const stamps: number[] = [];
    const mailbox = createMailbox<null>(
      (_, at) => void stamps.push(at),
      () => nowMs,
    );
    mailbox.post(null);
    nowMs = 9;
    mailbox.post(null);
    expect(stamps).toEqual([5, 9]);
  });

  it('keeps everything in order while it is held', () => {
    const seen: number[] = [];
    const mailbox = createMailbox<number>(
      (message) => void seen.push(message),
      () => 0,
    );
    mailbox.hold();
    mailbox.hold();
    mailbox.post(1);
    mailbox.release();
    mailbox.post(2);
    expect(seen).toEqual([]);
    mailbox.release();
    expect(seen).toEqual([1, 2]);
  });

  it('goes on with the next message after a handler has thrown', () => {
    const seen: string[] = [];
    const mailbox = createMailbox<string>(
      (message) => {
        if (message === 'bad') throw new Error('a defect');
        seen.push(message);
      },
      () => 0,
    );
    expect(() => mailbox.post('bad')).toThrow('a defect');
    mailbox.post('good');
    expect(seen).toEqual(['good']);
  });
});
