// The names of everything under the home directory. Pure: it touches nothing.

/** Longest path of a Unix socket: sun_path is 108 bytes with its final NUL (unix(7)). */
export const MAX_SOCKET_PATH_BYTES = 107;

/** Absolute paths under a home directory. */
export interface Home {
  readonly root: string;
  readonly socket: string;
  readonly lock: string;
  readonly log: string;
  readonly state: string;
  readonly dump: string;
  /** What `set` has set, in PM2's shape. */
  readonly moduleSettings: string;
  readonly hosts: string;
  readonly logs: string;
  /** A file with the process id of each instance. */
  readonly pids: string;
}

/** Lays out a home directory; `root` is absolute, without a slash at its end. */
export function homeAt(root: string): Home {
  return {
    root,
    socket: `${root}/daemon.sock`,
    lock: `${root}/daemon.lock`,
    log: `${root}/daemon.log`,
    state: `${root}/state.json`,
    dump: `${root}/dump.json`,
    moduleSettings: `${root}/module_conf.json`,
    hosts: `${root}/hosts`,
    logs: `${root}/logs`,
    pids: `${root}/pids`,
  };
}

/** `pipes` is a folder. */
export interface HostFiles {
  readonly socket: string;
  readonly record: string;
  readonly lock: string;
  /** Which of its instances brings the next host up. */
  readonly election: string;
  readonly pipes: string;
}

/** The files of one host. A host's name is used in file names, so anything but [A-Za-z0-9_.-] is percent-encoded. */
export function hostFiles(home: Home, name: string): HostFiles {
  const safe = encodeURIComponent(name)
    .replaceAll(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\./, '%2E');
  return {
    socket: `${home.hosts}/${safe}.sock`,
    record: `${home.hosts}/${safe}.json`,
    lock: `${home.hosts}/${safe}.lock`,
    election: `${home.hosts}/${safe}.election`,
    pipes: `${home.hosts}/${safe}.pipes`,
  };
}
