// The name of an instance's pid file. Pure.

/** With the id before its extension, as PM2 has it: `api.pid` of instance 3 is `api-3.pid`. */
export function pidFileOf(file: string, id: number): string {
  return file.replace(/(\.pid)?$/, `-${id}$1`);
}
