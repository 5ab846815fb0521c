/** Somebody who has an account with a vendor. */
export interface Person {
  /** What vendors call them: a number as text, which is what every vendor's ids may look like. */
  readonly id: string;
  readonly name: string;
  /** Null: they have never told one, or do not tell it. */
  readonly email: string | null;
  /** Whether the vendor knows that the address is theirs. */
  readonly isVerified: boolean;
  /** Null: they have no picture. */
  readonly picture: string | null;
}

/** Who is there when nobody else was named. */
export const samplePeople: readonly Person[] = [
  { id: '80351110224678912', name: 'Ada Lovelace', email: 'ada@example.com', isVerified: true, picture: 'https://example.com/ada.png' },
  { id: '80351110224678913', name: 'Grace Hopper', email: 'grace@example.com', isVerified: true, picture: null },
  { id: '80351110224678914', name: 'Alan Turing', email: 'alan@example.com', isVerified: false, picture: null },
  { id: '80351110224678915', name: 'Mary Shelley', email: null, isVerified: false, picture: null },
];
