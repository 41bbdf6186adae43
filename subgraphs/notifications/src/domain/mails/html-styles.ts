import { markup } from './markup.ts';

/** Every client reads these, inline. */
export const light = {
  page: '#f4f5f2',
  ink: '#16211d',
  soft: '#5b6863',
  line: '#d5dbd6',
  accent: '#0a6350',
  onAccent: '#ffffff',
  alert: '#c22f22',
} as const;

const dark: Readonly<Record<keyof typeof light, string>> = {
  page: '#0f1513',
  ink: '#e9efeb',
  soft: '#93a29b',
  line: '#27322d',
  accent: '#67d6b6',
  onAccent: '#0f1513',
  alert: '#ff7a68',
};

export const fonts = 'font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif';

// Outlook on the web knows no colour scheme; it marks what it recoloured itself with these attributes.
const colours = (prefix: string): string =>
  [
    `${prefix}.ink{color:${dark.ink}!important}`,
    `${prefix}.soft{color:${dark.soft}!important}`,
    `${prefix}.accent{color:${dark.accent}!important}`,
    `${prefix}.on-accent{color:${dark.onAccent}!important}`,
  ].join('');

const surfaces = (prefix: string): string =>
  [
    `${prefix}.page{background-color:${dark.page}!important}`,
    `${prefix}.fill{background-color:${dark.accent}!important}`,
    `${prefix}.alert{background-color:${dark.alert}!important}`,
    `${prefix}.track{background-color:${dark.line}!important}`,
    `${prefix}.rule{border-color:${dark.ink}!important}`,
    `${prefix}.hairline{border-color:${dark.line}!important}`,
  ].join('');

/** What inline styles cannot say: dark colours and phones. A mail is whole without it. */
export const styleSheet = markup(
  [
    ':root{color-scheme:light dark;supported-color-schemes:light dark}',
    'body{margin:0;padding:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}',
    'table{border-collapse:collapse;border-spacing:0}',
    '@media (max-width:480px){.side{padding-left:20px!important;padding-right:20px!important}.headline{font-size:28px!important}.button{width:100%!important}.button a{display:block!important;text-align:center!important}}',
    `@media (prefers-color-scheme:dark){${colours('')}${surfaces('')}}`,
    colours('[data-ogsc] '),
    surfaces('[data-ogsb] '),
  ].join('\n'),
);
