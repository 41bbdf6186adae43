/** How the page is looked at: each width in each colour. */
export interface Look {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colours: 'light' | 'dark';
}

const phone = { width: 375, height: 812 };
const desk = { width: 1280, height: 900 };

export const looks: readonly Look[] = [
  { name: '1280-light', ...desk, colours: 'light' },
  { name: '375-light', ...phone, colours: 'light' },
  { name: '1280-dark', ...desk, colours: 'dark' },
  { name: '375-dark', ...phone, colours: 'dark' },
];

/** Narrower than this, the page shows one pane at a time. */
export const isPhone = ({ width }: Look): boolean => width < 960;
