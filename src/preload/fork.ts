// Loaded before the app in a Node instance of fork mode: it reports the error that ends the process, and changes nothing.
import { openChannel } from './channel.ts';
import { enterManaged } from './managed.ts';
import { reportUncaught } from './uncaught.ts';

function watch(): void {
  const channel = openChannel({ heard() {}, ended: (proceed) => proceed() });
  reportUncaught(channel);
  channel.say({ act: 'hello', nodeVersion: process.version });
}

if (enterManaged('fork')) watch();
