// What a policy sees when a connection has come in: the members in rotation, by their places in a circle. Types alone.

/** A place is a number from 0. */
export interface Circle {
  readonly count: number;
  /** Who had the latest turn; -1 before the first. */
  readonly last: number;
  /** The stable number of the instance. During a reload two may have the same for a moment. */
  slot(place: number): number;
  /** Has not refused this connection before. */
  wants(place: number): boolean;
  /** May get the next one when it is its turn. */
  hasRoom(place: number): boolean;
  /** May get one more when nobody has room: it takes what it is given, and little is on its way. */
  canBePressed(place: number): boolean;
  /** How many are on their way to it. */
  load(place: number): number;
  /** How many it has, with those on their way. */
  open(place: number): number;
}

/** The place that gets the connection; -1 when it has to wait. `peer` is the hash of the client's address, null where it has none. */
export type Choose = (circle: Circle, peer: number | null) => number;
