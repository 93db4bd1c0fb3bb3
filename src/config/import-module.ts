// Node's real dynamic import, alone in its file: the bundler must leave this one as it stands (a file URL cannot be required).

/** Imports a module by file URL or package name, outside any bundle. */
export async function importModule(specifier: string): Promise<unknown> {
  return import(/* @vite-ignore */ specifier);
}
