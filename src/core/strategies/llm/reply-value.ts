/** What a reply says where it should say JSON. Numbers stay as they are written until somebody knows what they mean. */
export type ReplyValue =
  | ReplyObject
  | ReplyArray
  /** `spelled`: a sign of it stands as \u0041, so that its text cannot be found in the reply. */
  | { readonly kind: 'text'; readonly text: string; readonly spelled: boolean }
  /** Without quotes: a number, true, null, or a word. Full-width signs are ASCII here. */
  | { readonly kind: 'bare'; readonly text: string };

/** Members stay a list: keys may repeat, and `__proto__` is a key like any other. */
export interface ReplyObject {
  readonly kind: 'object';
  readonly members: readonly ReplyMember[];
  /** False when it was cut off, or when a part of it could not be read. */
  readonly whole: boolean;
}

export interface ReplyArray {
  readonly kind: 'array';
  readonly items: readonly ReplyValue[];
  readonly whole: boolean;
}

export interface ReplyMember {
  readonly key: string;
  readonly value: ReplyValue;
}

export function isContainer(value: ReplyValue): value is ReplyObject | ReplyArray {
  return value.kind === 'object' || value.kind === 'array';
}
