/** Faces and their emotions, found in this browser: no picture leaves it. */

/** Whether this browser has what the engine needs: workers, OffscreenCanvas, WebAssembly with vectors. */
export function isPossible(): boolean;

export interface Places {
  /** fermusic.wasm */
  module?: string | URL;
  /** The detector's plan, yunet.fmplan. */
  detector?: string | URL;
  /** The plan of a network that names emotions (`fermusic model export`). */
  emotions?: string | URL;
  /** fermusic-worker.js, of the page's own origin. */
  worker?: string | URL;
}

/** Loads engine and plans: by default those beside the module, in engine/. Rejects where one is missing or damaged. */
export function load(places?: Places): Promise<Recogniser>;

export type Picture = ImageBitmapSource | VideoFrame;
export interface Point { valence: number; energy: number }
export type Spot = [x: number, y: number];

export interface Mood {
  emotion: string;
  confidence: number;
  /** By the classes' names; they sum to 1. */
  probabilities: Record<string, number>;
  mood: Point | null;
}

export interface Face extends Mood {
  /** The same as long as the face is followed; null in pictures of their own. */
  track: number | null;
  /** Whether it was seen in this very picture. */
  detected: boolean;
  /** In pixels of the picture. */
  box: { x: number; y: number; width: number; height: number };
  landmarks: { leftEye: Spot; rightEye: Spot; nose: Spot; mouthLeft: Spot; mouthRight: Spot } | null;
  /** How sure it is that this is a face, 0 to 1. */
  score: number | null;
  uncertain: boolean;
  warnings: ("small" | "dark" | "blurred" | "doubtful")[];
}

/** What the server's /api/v1/analyse answers. */
export interface Result {
  width: number;
  height: number;
  faces: Face[];
  group: Mood | null;
  events: { kind: "appeared" | "left" | "mood-changed"; track: number; from?: string; to?: string }[];
  /** Milliseconds. */
  timing: { waiting: number; decoding: number | null; detection: number; recognition: number; total: number };
  frame?: number;
  time?: number;
}

export interface Recogniser {
  /** The emotions, in the model's order. */
  readonly classes: string[];
  /** The faces in a picture. With `time`, in seconds, it is the next one of a stream, whose faces are followed. `side` is
      the largest at which it is looked at, in pixels. */
  analyse(source: Picture, options?: { time?: number | null; side?: number }): Promise<Result>;
  /** The emotion of a face that fills the picture, which somebody else found. */
  recognise(source: Picture): Promise<{ emotion: string; confidence: number; probabilities: Record<string, number> }>;
  /** Forgets the faces of the stream; from now on only these classes are told apart. */
  begin(classes?: string[]): Promise<void>;
  /** Where each class lies on the plane of moods, 0 to 1. Without, `mood` is null. */
  setPlaces(places: Point[]): Promise<void>;
  /** Milliseconds that this device needs to search a picture of 320 x 240. Forgets the faces. */
  measure(): Promise<number>;
  close(): void;
}
