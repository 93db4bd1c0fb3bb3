// Loaded before the app in a Node instance of fork mode: it reports where the app listens and the error that ends it, drains it when told, and hides its host's death from it. Until then it changes nothing.
import type { ToPreload } from '../model/preload-protocol.ts';
import { openChannel } from './channel.ts';
import { watchDisconnect } from './disconnect.ts';
import { startDrain } from './drain.ts';
import { keepSendHarmless } from './host-death.ts';
import { reportListening } from './listens.ts';
import { enterManaged } from './managed.ts';
import { limitMessages } from './messages.ts';
import { rawChannel } from './node-internals.ts';
import { createOwnServers } from './own-servers.ts';
import { reportUncaught } from './uncaught.ts';
import { startLoopWatch } from './watch-loop.ts';

function watch(): void {
  const ownServers = createOwnServers();
  let giveUpDrain = (): void => {};
  const channel = openChannel({ heard, ended });
  const disconnect = watchDisconnect(() => []);
  keepSendHarmless(disconnect);
  const messages = limitMessages(channel);
  reportUncaught(channel);
  reportListening(channel, ownServers.add);
  channel.say({ act: 'hello', nodeVersion: process.version });

  function heard(message: ToPreload): void {
    if (message.act === 'watch-loop') startLoopWatch(message, channel);
    if (message.act === 'drain') drain(message);
    if (message.act === 'hear') messages.hear(message.on);
  }

  function drain({ idleMs, timeoutMs }: Extract<ToPreload, { act: 'drain' }>): void {
    giveUpDrain();
    ownServers.leave((servers) => {
      giveUpDrain = startDrain({ servers, idleMs, timeoutMs, done: (report) => channel.say({ act: 'drained', report }) });
    });
  }

  function ended(proceed: () => void): void {
    const keptAlive = rawChannel()?.hasRef() === true;
    disconnect.goUnnoticed(proceed);
    if (disconnect.wasAsked()) return;
    // Who told it to go is gone: as long as it lives it serves.
    giveUpDrain();
    ownServers.comeBack();
    if (keptAlive) setInterval(() => {}, LONGEST_MS);
  }
}

/** Node makes 1 ms of anything above it (Node: timers, "setInterval"). */
const LONGEST_MS = 2 ** 31 - 1;

if (enterManaged('fork')) watch();
