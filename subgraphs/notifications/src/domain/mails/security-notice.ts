import type { Letter } from './letter.ts';
import type { LocalFormat } from './local-format.ts';
import type { SecurityFacts, Shop } from './mail.ts';

export const securityNotice = ({ at }: SecurityFacts, { name, url }: Shop, format: LocalFormat): Letter => ({
  subject: `We ended a session of your ${name} account`,
  preview: 'A used sign-in token was shown again. Somebody may have copied it.',
  headline: 'We ended a session to protect you',
  tone: 'ALERT',
  paragraphs: [
    `A sign-in token of your ${name} account that had been used before was shown again. Each token is good for one use, so somebody may have copied it.`,
    'We have ended the session it belonged to. Whoever held it, you or somebody else, is signed out there.',
  ],
  progress: [],
  details: [{ label: 'When', value: format.moment(at) }],
  advice: {
    heading: 'What to do now',
    steps: [
      'Sign in again, then sign out on all devices. That ends every session, also those you do not know of.',
      'Look at your orders and addresses. Tell us about anything that is not yours.',
      'Check the device you used last for programs and browser extensions that you did not install.',
    ],
  },
  link: { label: `Go to ${name}`, url },
  statement: null,
  reason: `You get this mail because it is about the safety of your account at ${name}. We never ask for your password by mail.`,
});
