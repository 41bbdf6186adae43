import { detailRows, progressBar, statementTable } from './html-parts.ts';
import { fonts, light, styleSheet } from './html-styles.ts';
import type { Advice, Letter, Link } from './letter.ts';
import type { Shop } from './mail.ts';
import { html, markup, type Markup } from './markup.ts';

const nothing = markup('');

/** After the preview, so that an inbox does not fill its line up with the beginning of the mail. */
const filler = markup('&#847;&zwnj;&nbsp;'.repeat(90));

/** Word lays out for Outlook on Windows and knows no largest width. */
const outlookWidth = {
  opens: markup('<!--[if mso]><table role="presentation" width="560" align="center" cellpadding="0" cellspacing="0"><tr><td><![endif]-->'),
  closes: markup('<!--[if mso]></td></tr></table><![endif]-->'),
};

/** The letter as HTML that mail clients show alike: tables, inline styles, nothing from elsewhere. */
export function htmlLayout(letter: Letter, greeting: string, shop: Shop): Markup {
  return html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
        <meta name="x-apple-disable-message-reformatting" />
        <title>${letter.subject}</title>
        <style>
          ${styleSheet}
        </style>
      </head>
      <body class="page" style="margin:0;padding:0;background-color:${light.page}">
        <div style="display:none;max-height:0;overflow:hidden;mso-hide:all;font-size:1px;line-height:1px;color:${light.page}">
          ${letter.preview}${filler}
        </div>
        <table
          role="presentation"
          class="page"
          width="100%"
          cellpadding="0"
          cellspacing="0"
          border="0"
          bgcolor="${light.page}"
          style="background-color:${light.page}"
        >
          <tr>
            <td align="center" style="padding:0">
              ${outlookWidth.opens}
              <table
                role="presentation"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                border="0"
                style="max-width:560px;margin:0 auto;text-align:left"
              >
                <tr>
                  <td class="side" style="padding:40px 24px 0">
                    ${masthead(shop)} ${headline(letter)} ${greetingAndWords(greeting, letter.paragraphs)} ${progressBar(letter.progress)}
                    ${detailRows(letter.details)} ${letter.advice === null ? nothing : adviceList(letter.advice)} ${button(letter.link)}
                    ${letter.statement === null ? nothing : statementTable(letter.statement)} ${footer(letter, shop)}
                  </td>
                </tr>
              </table>
              ${outlookWidth.closes}
            </td>
          </tr>
        </table>
      </body>
    </html> `;
}

const masthead = ({ name, url }: Shop): Markup =>
  html`<p style="margin:0 0 36px;${fonts};font-size:20px;line-height:24px;font-weight:700;letter-spacing:-0.03em">
    <a href="${url}" class="ink" style="color:${light.ink};text-decoration:none">${name}</a>
  </p>`;

const headline = ({ headline: heading, tone }: Letter): Markup =>
  html`${tone === 'ALERT' ? alertMark : nothing}
    <h1
      class="ink headline"
      style="margin:0 0 20px;${fonts};font-size:34px;line-height:1.12;font-weight:700;letter-spacing:-0.035em;text-wrap:balance;color:${light.ink}"
    >
      ${heading}
    </h1>`;

const alertMark = html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px">
  <tr>
    <td
      class="alert"
      width="40"
      height="4"
      bgcolor="${light.alert}"
      style="width:40px;height:4px;background-color:${light.alert};font-size:0;line-height:0"
    >
      &nbsp;
    </td>
  </tr>
</table>`;

const words = (text: string): Markup =>
  html`<p
    class="ink"
    style="margin:0 0 14px;${fonts};font-size:16px;line-height:25px;color:${light.ink};overflow-wrap:anywhere;word-break:break-word"
  >
    ${text}
  </p>`;

const greetingAndWords = (greeting: string, paragraphs: readonly string[]): Markup => html`${[greeting, ...paragraphs].map(words)}`;

const adviceList = ({ heading, steps }: Advice): Markup =>
  html`<h2 class="ink" style="margin:28px 0 8px;${fonts};font-size:16px;line-height:24px;font-weight:600;color:${light.ink}">${heading}</h2>
    <ol class="ink" style="margin:0;padding:0 0 0 22px;${fonts};font-size:16px;line-height:25px;color:${light.ink}">
      ${steps.map((step) => html`<li style="margin:0 0 10px;padding:0 0 0 4px">${step}</li>`)}
    </ol>`;

const button = ({ label, url }: Link): Markup =>
  html`<table role="presentation" class="button" cellpadding="0" cellspacing="0" border="0" style="margin:26px 0 0">
    <tr>
      <td class="fill" bgcolor="${light.accent}" style="background-color:${light.accent};border-radius:6px">
        <a
          href="${url}"
          class="on-accent"
          style="display:inline-block;padding:14px 26px;${fonts};font-size:16px;line-height:20px;font-weight:600;color:${light.onAccent};text-decoration:none"
          >${label}</a
        >
      </td>
    </tr>
  </table>`;

const footer = ({ reason }: Letter, { url }: Shop): Markup =>
  html`<p class="soft" style="margin:44px 0 0;padding:0 0 48px;${fonts};font-size:13px;line-height:20px;color:${light.soft}">
    ${reason}<br /><a href="${url}" class="soft" style="color:${light.soft};text-decoration:underline">${url}</a>
  </p>`;
