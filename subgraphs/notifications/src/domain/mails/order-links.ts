import type { Link } from './letter.ts';
import type { MailOrder, Shop } from './mail.ts';

/** Where the buyer watches an order. */
export const orderLink = (label: string, { id }: MailOrder, { url }: Shop): Link => ({ label, url: `${url}/tracker/#/orders/${id}` });

/** Why somebody gets a mail about an order. */
export const orderReason = ({ name }: Shop): string => `You get this mail because an order was placed with your account at ${name}.`;
