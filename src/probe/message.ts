// Asks the app over Node's message channel.
import type { Cancel } from '../platform/clock.ts';
import { createEnding } from './look.ts';
import type { Look } from './look.ts';

const QUESTION = 'health';
const ANSWER = 'healthy';

/** Sends `health`; passes when the app answers with `healthy` in time. */
export function lookByMessage(look: Look): Cancel {
  const { messages } = look.target;
  const stopHearing = messages?.hear((message) => {
    if (message === ANSWER) ending.end({ ok: true, text: ANSWER });
  });
  const ending = createEnding(look, () => stopHearing?.());
  if (messages === null) ending.fail('messages need Node: nothing here could answer one');
  else if (!messages.send(QUESTION)) ending.fail('its message channel is closed');
  return ending.cancel;
}
