// Whether a port can be listened on, found out by doing so for a moment.
import net from 'node:net';

/** Why not, as half a sentence; null where it can. Another program may take it a moment later. */
export function portProblem(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(reasonOf(error, host, port)));
    server.listen({ host, port, exclusive: true }, () => void server.close(() => resolve(null)));
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use`;
    case 'EACCES':
      return `this user may not listen on port ${port}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine`;
    default:
      return message;
  }
}
