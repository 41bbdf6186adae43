import { gql, type TypedDocumentNode } from '@apollo/client';

/** Something the shop told its buyer by mail. */
export interface Message {
  readonly id: string;
  readonly template: string;
  readonly status: string;
  readonly subject: string;
  /** Plain text, complete on its own. */
  readonly body: string;
  readonly html: string | null;
  readonly createdAt: string;
  readonly readAt: string | null;
  readonly order: { readonly id: string; readonly number: string } | null;
}

interface Messages {
  readonly me: {
    readonly id: string;
    readonly notifications: { readonly unreadCount: number; readonly edges: readonly { readonly node: Message }[] } | null;
  } | null;
}

const messageFields = gql`
  fragment MessageFields on Notification {
    id
    template
    status
    subject
    body
    html
    createdAt
    readAt
    order {
      id
      number
    }
  }
`;

export const messages: TypedDocumentNode<Messages> = gql`
  query Messages {
    me {
      id
      notifications(first: 30) {
        unreadCount
        edges {
          node {
            ...MessageFields
          }
        }
      }
    }
  }
  ${messageFields}
`;

export const watchMessages: TypedDocumentNode<
  { readonly notificationReceived: { readonly sequence: number; readonly notification: Message | null } },
  { afterSequence: number | null }
> = gql`
  subscription WatchMessages($afterSequence: Int) {
    notificationReceived(afterSequence: $afterSequence) {
      sequence
      notification {
        ...MessageFields
      }
    }
  }
  ${messageFields}
`;

export const markRead: TypedDocumentNode<
  { readonly notificationsMarkRead: { readonly notifications: readonly { readonly id: string; readonly readAt: string | null }[] } | null },
  { ids: readonly string[] }
> = gql`
  mutation MessagesMarkRead($ids: [ID!]!) {
    notificationsMarkRead(ids: $ids) {
      notifications {
        id
        readAt
      }
    }
  }
`;
