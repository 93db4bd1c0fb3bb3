// A line of PM2's surface: what PM2 has, how that is here, and the test that shows it. Types and their makers; the lines are in the files beside.

/** How something of PM2 is here. `better`: what PM2 promises, and more. `different`: another way, on purpose. */
export type Verdict = 'same' | 'better' | 'different' | 'absent';

/** A test, by its file and its title, or that of the group it is in. */
export interface Proof {
  readonly file: string;
  readonly title: string;
}

/** One line. */
export interface SurfaceLine {
  /** In a section of names: these, the first one and its other spellings, with a space between. Else words for a person. */
  readonly what: string;
  readonly verdict: Verdict;
  /** What is otherwise, as a sentence; empty for what is the same. */
  readonly note: string;
  /** Null only for what is absent, where nothing can be shown. */
  readonly shown: Proof | null;
}

/** Lines of one kind. */
export interface SurfaceSection {
  readonly title: string;
  /** Whether `what` is a list of names that are typed so, rather than words. */
  readonly named: boolean;
  readonly lines: readonly SurfaceLine[];
}

/** Names tests of one file: `const start = shownIn('src/cli/commands/start.test.ts')`, then `start('asks and goes with --no-wait')`. */
export function shownIn(file: string): (title: string) => Proof {
  return (title) => ({ file, title });
}

/** As in PM2. */
export function same(what: string, shown: Proof): SurfaceLine {
  return { what, verdict: 'same', note: '', shown };
}

/** As PM2 promises it, and more: `note` says what. */
export function better(what: string, note: string, shown: Proof): SurfaceLine {
  return { what, verdict: 'better', note, shown };
}

/** Another way, on purpose: `note` says which. */
export function different(what: string, note: string, shown: Proof): SurfaceLine {
  return { what, verdict: 'different', note, shown };
}

/** Not here: `note` says why, or what to use. A test shows what is said to who asks for it, where something is said. */
export function absent(what: string, note: string, shown: Proof | null = null): SurfaceLine {
  return { what, verdict: 'absent', note, shown };
}
