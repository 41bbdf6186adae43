import { fonts, light } from './html-styles.ts';
import type { Detail, Statement, StatementLine, Step } from './letter.ts';
import { html, markup, type Markup } from './markup.ts';

const nothing = markup('');
const breakable = 'overflow-wrap:anywhere;word-break:break-word';
const figures = 'white-space:nowrap;font-variant-numeric:tabular-nums';

/** A bar per step, in two halves: a step that is partly done has one of them. */
export function progressBar(steps: readonly Step[]): Markup {
  if (steps.length === 0) return nothing;
  const spacer = html`<td width="8" style="width:8px;font-size:0;line-height:0">&nbsp;</td>`;
  const between = (at: number): Markup => (at === 0 ? nothing : spacer);
  const bars = steps.map(({ state }, at) => html`${between(at)}${half(state !== 'AHEAD')}${half(state === 'DONE')}`);
  const labels = steps.map((step, at) => html`${between(at)}${stepLabel(step)}`);
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:26px 0 0;table-layout:fixed">
    <tr>
      ${bars}
    </tr>
    <tr>
      ${labels}
    </tr>
  </table>`;
}

const half = (filled: boolean): Markup => {
  const colour = filled ? light.accent : light.line;
  return html`<td
    class="${filled ? 'fill' : 'track'}"
    height="6"
    bgcolor="${colour}"
    style="height:6px;background-color:${colour};font-size:0;line-height:0"
  >
    &nbsp;
  </td>`;
};

const stepLabel = ({ label, state }: Step): Markup => {
  const reached = state !== 'AHEAD';
  const look = reached ? `font-weight:600;color:${light.ink}` : `font-weight:400;color:${light.soft}`;
  return html`<td
    colspan="2"
    class="${reached ? 'ink' : 'soft'}"
    valign="top"
    style="padding:8px 0 0;${fonts};font-size:14px;line-height:20px;${look}"
  >
    ${state === 'DONE' ? '✓ ' : ''}${label}
  </td>`;
};

export const detailRows = (details: readonly Detail[]): Markup =>
  details.length === 0
    ? nothing
    : html`<table width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:20px 0 0">
        ${details.map(detailRow)}
      </table>`;

const detailRow = ({ label, value }: Detail): Markup =>
  html`<tr>
    <th
      scope="row"
      align="left"
      valign="top"
      width="92"
      class="soft hairline"
      style="width:92px;padding:10px 12px 10px 0;border-top:1px solid ${light.line};${fonts};font-size:15px;line-height:22px;font-weight:400;color:${light.soft}"
    >
      ${label}
    </th>
    <td
      class="ink hairline"
      valign="top"
      style="padding:10px 0;border-top:1px solid ${light.line};${fonts};font-size:15px;line-height:22px;color:${light.ink};${breakable}"
    >
      ${value}
    </td>
  </tr>`;

/** Titles at the left, amounts at the right margin, the total under a rule. */
export function statementTable({ heading, lines, sums }: Statement): Markup {
  return html`<h2
      class="ink"
      style="margin:44px 0 0;padding:0 0 10px;${fonts};font-size:16px;line-height:24px;font-weight:600;color:${light.ink};${breakable}"
    >
      ${heading}
    </h2>
    <table width="100%" cellpadding="0" cellspacing="0" border="0" class="rule" style="border-top:2px solid ${light.ink}">
      ${lines.map(lineRow)} ${sums.map((sum, at) => sumRow(sum, at === sums.length - 1))}
    </table>`;
}

const lineRow = ({ title, particulars, amount }: StatementLine): Markup =>
  html`<tr>
    <th
      scope="row"
      align="left"
      valign="top"
      class="ink hairline"
      style="padding:12px 16px 12px 0;border-bottom:1px solid ${light.line};${fonts};font-size:16px;line-height:22px;font-weight:400;color:${light.ink};${breakable}"
    >
      ${title}<br /><span class="soft" style="font-size:13px;line-height:20px;color:${light.soft}">${particulars}</span>
    </th>
    <td
      align="right"
      valign="top"
      class="ink hairline"
      style="padding:12px 0;border-bottom:1px solid ${light.line};${fonts};font-size:16px;line-height:22px;color:${light.ink};${figures}"
    >
      ${amount}
    </td>
  </tr> `;

const sumRow = ({ label, value }: Detail, last: boolean): Markup => {
  const look = last ? `font-size:18px;font-weight:700;color:${light.ink}` : `font-size:15px;font-weight:400;color:${light.soft}`;
  const colour = last ? 'ink' : 'soft';
  return html`<tr>
    <th scope="row" align="left" class="${colour}" style="padding:12px 16px 0 0;${fonts};line-height:24px;${look}">${label}</th>
    <td align="right" class="${colour}" style="padding:12px 0 0;${fonts};line-height:24px;${look};${figures}">${value}</td>
  </tr> `;
};
