/** What a mail says, in words and already written amounts, before it is plain text or HTML: each layout shows all of it. */
export interface Letter {
  readonly subject: string;
  /** What an inbox shows beside the subject. */
  readonly preview: string;
  readonly headline: string;
  readonly tone: 'CALM' | 'ALERT';
  readonly paragraphs: readonly string[];
  readonly progress: readonly Step[];
  readonly details: readonly Detail[];
  readonly advice: Advice | null;
  readonly link: Link;
  readonly statement: Statement | null;
  /** Why the reader gets this mail. */
  readonly reason: string;
}

export interface Step {
  readonly label: string;
  readonly state: 'DONE' | 'PARTLY' | 'AHEAD';
}

export interface Detail {
  readonly label: string;
  readonly value: string;
}

/** What the reader can do, most urgent first. */
export interface Advice {
  readonly heading: string;
  readonly steps: readonly string[];
}

export interface Link {
  readonly label: string;
  readonly url: string;
}

/** The lines of an order and what they add up to. */
export interface Statement {
  readonly heading: string;
  readonly lines: readonly StatementLine[];
  readonly sums: readonly Detail[];
}

export interface StatementLine {
  readonly title: string;
  readonly particulars: string;
  readonly amount: string;
}
